/* scripts.c -- traditional or simplified? Two models read the same small part; their agreements decide.
 *
 *   ocr_compare_scripts()   for or against simplified characters, from two readings of one part
 *
 * Each model maps what it sees to its own script, also when the page is in the other one, and its mean confidence
 * hardly suffers: over whole pages the difference is 0.003 to 0.03. What tells most is
 * the glyphs that the model for traditional characters reads as one whose simplified form differs. On simplified pages the other
 * model mostly reads the same there (they say 們 and 们 of one place: 55 to 100 % on 10 pages of 11), on traditional ones it is
 * lost (0 to 43 % on 12 of 14); and where they agree, the one that knows the form is a little surer. */
#include <math.h>

#include "core/text.h"
#include "ocr/state.h"

/* Frequent characters whose forms differ: traditional and simplified, side by side. */
static const char pairs[] =
	"們们國国這这個个來来時时為为說说會会對对發发過过後后裡里種种經经學学當当沒没動动還还進进樣样實实現现開开"
	"無无與与長长機机關关點点業业將将兩两間间問问並并應应戰战頭头體体見见產产話话給给門门東东勢势萬万農农區区"
	"員员黨党眾众紅红隊队報报軍军從从總总義义階阶級级鬥斗爭争權权衛卫統统導导領领組组織织團团結结運运廣广勞劳"
	"聯联術术電电車车馬马鳥鸟魚鱼風风雲云龍龙書书畫画詩诗詞词語语讀读寫写認认識识記记設设許许論论證证評评講讲"
	"請请謝谢變变讓让調调談谈課课誰谁該该試试計计訂订討讨訊讯訓训託托財财貨货責责買买賣卖費费資资質质賽赛贊赞"
	"錢钱鐵铁銀银鋼钢錯错鎮镇鎖锁鐘钟閉闭閃闪聞闻陽阳陰阴陳陈陸陆隨随險险難难雖虽雙双雞鸡離离類类顯显願愿題题"
	"順顺須须預预顧顾飛飞飯饭館馆驗验驚惊麗丽齊齐齒齿龜龟貝贝負负貧贫貴贵賓宾賞赏賢贤賊贼賴赖購购邊边達达遠远"
	"連连遲迟遷迁選选遺遗適适鄉乡鄰邻醫医釋释針针鍵键鏡镜閱阅闊阔隱隐雜杂靜静響响頂顶項项額额顆颗億亿償偿優优"
	"側侧偵侦偽伪傳传傷伤債债傾倾僅仅價价儀仪儘尽內内兒儿凍冻別别則则剛刚創创劃划劇剧劉刘劍剑勝胜勵励勸劝協协"
	"單单廠厂廳厅歷历厭厌參参叢丛嚴严喪丧營营嗎吗鳴鸣圍围園园圓圆圖图場场壓压壞坏壩坝塊块壯壮聲声處处備备複复"
	"夠够奪夺奮奋婦妇媽妈孫孙寧宁寶宝審审寬宽尋寻尷尴層层屬属島岛嶺岭歲岁幣币師师帶带幫帮幹干幾几庫库廟庙廢废"
	"張张彈弹強强歸归錄录徹彻徑径憶忆憂忧懷怀態态憐怜懇恳惡恶恆恒懸悬慣惯戲戏戶户執执擴扩掃扫揚扬擾扰撫抚拋抛"
	"搶抢護护擔担擬拟擁拥擇择揮挥損损換换據据擊击擺摆敵敌數数斷断舊旧曉晓暫暂樸朴條条楊杨極极構构槍枪標标棟栋"
	"樹树橋桥檢检樓楼歡欢殘残毀毁氣气漢汉湯汤溝沟滅灭濟济濃浓淚泪潔洁測测滾滚滿满漁渔溫温遊游灣湾濕湿滬沪滯滞"
	"潛潜澤泽燈灯災灾爐炉煙烟熱热愛爱爺爷牆墙獄狱獨独獎奖狀状猶犹獻献環环瑪玛療疗盤盘監监蓋盖盡尽確确礎础禮礼"
	"禍祸稱称積积穩稳窮穷竊窃競竞筆笔築筑節节範范簡简籌筹籃篮糧粮糾纠紀纪約约純纯納纳紙纸紛纷線线練练細细終终"
	"紹绍繼继續续綱纲維维緊紧緩缓編编縣县縱纵繳缴羅罗罰罚習习職职聽听聰聪肅肃脈脉腦脑腳脚膽胆臉脸舉举藝艺蘇苏"
	"萊莱葉叶藥药莊庄莖茎華华蔣蒋藍蓝薩萨蘭兰虛虚蟲虫補补裝装襲袭規规視视觀观覺觉覽览觸触躍跃軌轨轉转輪轮軟软"
	"輕轻載载較较輝辉輯辑輸输";

/* One glyph says no more than this: a single misread stroke makes a difference of 0.4. */
static const double most_surer = 0.08;

/* Mean confidences break ties: on faint print the agreements are few and often chance. Of 17 pages of known script and 30 glyphs or
 * more the difference alone was wrong on 3, by 0.013 at most; it outweighs no clear agreement, and of few glyphs it says little. */
static const double weight_of_all = 20, most_of_all = 0.6, enough = 60;

/* The simplified form of a traditional character in the table; 0: none, or the same. */
static uint32_t simplified(uint32_t cp)
{
	const char *at = pairs;

	while (*at) {
		uint32_t hant = rc_utf8_next(&at), hans = rc_utf8_next(&at);

		if (hant == cp)
			return hans == hant ? 0 : hans;
	}
	return 0;
}

static const struct ocr_seen *find_at(const struct ocr_reading *r, uint32_t cp, const struct ocr_seen *place, float near)
{
	for (int i = 0; i < r->n; i++)
		if (r->seen[i].cp == cp && fabsf(r->seen[i].x - place->x) < near && fabsf(r->seen[i].y - place->y) < near)
			return &r->seen[i];
	return NULL;
}

static double mean_confidence(const struct ocr_reading *r)
{
	double sum = 0;

	for (int i = 0; i < r->n; i++)
		sum += (double)r->seen[i].confidence;
	return sum / fmax(r->n, 1);
}

/* For simplified: how much surer that model is of all it read. */
static double surer_of_all(const struct ocr_reading *hant, const struct ocr_reading *hans)
{
	int n = hant->n < hans->n ? hant->n : hans->n;
	double difference = weight_of_all * (mean_confidence(hans) - mean_confidence(hant));

	return fmin(fmax(difference, -most_of_all), most_of_all) * fmin((double)n / enough, 1);
}

double ocr_compare_scripts(const struct ocr_reading *hant, const struct ocr_reading *hans, float glyph)
{
	double surer = 0;
	int distinct = 0, agreed = 0;

	for (int i = 0; i < hant->n; i++) {
		uint32_t want = simplified(hant->seen[i].cp);
		const struct ocr_seen *other = want ? find_at(hans, want, &hant->seen[i], glyph * 0.6f) : NULL;

		distinct += want != 0;
		if (!other)
			continue;
		agreed++;
		surer += fmin(fmax((double)(other->confidence - hant->seen[i].confidence), -most_surer), most_surer);
	}
	return distinct ? 2 * ((double)agreed / distinct - 0.5) + 2 * surer + surer_of_all(hant, hans) : 0;
}
