"""Which characters period print needs beyond those of the base model, and how they enter its set.

Marks: the base model was shown full-width marks under ASCII names (NFKC); in a vertical column ASCII marks do not occur, so
their outputs are renamed. Han: old forms get codes of their own beside the form that the base model knows, and so do characters that
it lacks altogether (characters.txt).
"""
import os

MARKS = dict(zip(",:;?!()*@^|_#~`\\={}", "，：；？！（）●○△—…×～〇▲々︹︺"))

FORMS = """爲為 囘回 卽即 眞真 衆眾 啓啟 値值 汚污 僞偽 鎭鎮 幇幫 靑青 淸清 强強 温溫 旣既 却卻 欵款 够夠 着著 峯峰 羣群 裏裡 尙尚 敎教 硏研
槪概 寗寧 甯寧 鷄雞 脚腳 决決 况況 减減 凉涼 査查 恒恆 滙匯 飮飲 鈎鉤 叙敘 敍敘 秘祕 粧妝 牀床 綫線 艶豔 艷豔 喫吃 甞嘗 衞衛 刦劫 刧劫 駡罵 册冊 濶闊 麻痲
煑煮 煖暖 燈灯 説說 産產 黄黃 横橫 録錄 緑綠 緖緒 徵征 潜潛 鬭鬥 鬪鬥 擧舉 舘館 鄰隣 烟煙 遊游 姉姊 迹跡 蹟跡 恊協 勛勳 勲勳 勗勖 厠廁 厨廚 厰廠 厦廈 晳晰
塲場 壻婿 妬妒 姦奸 寃冤 寳寶 屛屏 幷並 并並 竝並 弔吊 彊強 彛彝 徧遍 悦悅 慙慚 戞戛 户戶 戸戶 抅拘 拏拿 揷插 挿插 攷考 敭揚 晋晉 晩晚 暎映 栢柏 桿杆 棊棋 椶棕
檯臺 台臺 歴歷 毎每 氷冰 沉沈 泪淚 洩泄 涙淚 淨凈 渉涉 湼涅 溯泝 漑溉 焔焰 熖焰 犂犁 獎奬 猪豬 猫貓 珎珍 琊瑯 甎磚 畧略 畫畵 畵畫 痩瘦 癡痴 皁皂 皷鼓 盃杯 盌碗 眎視
瞭了 砲炮 礮炮 礟炮 碁棋 祿禄 税稅 稟禀 窻窗 窓窗 竈灶 竢俟 笋筍 筯箸 粤粵 糉粽 絶絕 綉繡 綱網 緜綿 縂總 総總 繙翻 纎纖 罸罰 羗羌 翄翅 耻恥 聨聯 聫聯 聴聽 肻肯 胷胸 脉脈
脱脫 臓臟 舖鋪 艸草 荅答 菓果 菴庵 葢蓋 蓆席 薑姜 藳稿 槀稿 稾稿 藥葯 虵蛇 蚊蟁 蚤早 衂衄 衖弄 袵衽 褔福 覇霸 觧解 証證 詠咏 誖悖 諠喧 譌訛 讐讎 讚贊 豔艷 豫預 賛贊 賸剩
赤赤 跴踩 踪蹤 蹟蹟 躱躲 輭軟 轟軣 辭辞 迴迴 逈迥 逥迴 遯遁 邨村 郷鄉 鄕鄉 醼宴 釡釜 鈔抄 銲焊 鋭銳 錬鍊 鎻鎖 鐡鐵 鑒鑑 閒閑 閙鬧 閲閱 闗關 関關 陜陝 陞升 隂陰 陰隂 隊隊 隷隸
霉黴 靣面 鞵鞋 頼賴 頽頹 頴穎 顔顏 飜翻 餻糕 駞駝 駈驅 騐驗 驩歡 髙高 髪髮 鬀剃 鳬鳧 鵞鵝 鹼碱 麯麴 麪麵 黙默 鼈鱉 齅嗅 齒歯 龜亀 褭裊 歎嘆 谿溪 菸煙 礙碍 蝨虱 麽麼 俻備 倂併
兎兔 兪俞 凴憑 剏創 剳札 劒劍 劔劍 勅敕 匲奩 匳奩 卹恤 呌叫 咊和 哶咩 喆哲 嘷嚎 噉啖 囓嚙 囯國 圏圈 垜垛 堦階 塡填 壄野 壎塤 夀壽 奥奧 媿愧 嫰嫩 嬾懶 顚顛 覩睹 担擔 胆膽 徳德 収收 増增 斎齋 荆荊 湻淳 穉稚 彞彝 鬬鬥 厯歷 灾災 効效 懐懷 届屆 潄漱 号號 塩鹽 墻牆 欝鬱 皐皋""".split()


def forms(model):
	"""Marks and old forms. Returns {known form: [period forms]}."""
	for old, new in MARKS.items():
		model.rename(old, new)
	found = {}
	for new, like in FORMS:
		if new not in model.ids and like in model.ids:
			model.add(new, like)
			found.setdefault(like, []).append(new)
	return found


def more():
	"""[(character, one with the same radical)] of characters.txt"""
	with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "characters.txt"), encoding="utf-8") as f:
		return [tuple(pair) for row in f if not row.startswith("#") for pair in row.split()]


def prepare(model):
	"""Extends a freshly read base model. Returns {known form: [period forms]}."""
	found = forms(model)
	for new, like in more():
		model.add(new, like)
	return found
