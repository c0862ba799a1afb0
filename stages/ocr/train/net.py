"""The network of a Tesseract model as PyTorch modules: [1,H,0,1 Ct3,3,F Mp3,3 LfysA LfxB LrxC LfxD O1c N].

Input (batch, 1, H, width) in -1 to 1, output (width // 3, batch, labels) logits. Weights come from and go back to the tree
of a traineddata.Model. Tesseract clips LSTM states at +-100 and its int8 products round; neither matters to the reading.
"""
import cv2
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from traineddata import find


def matrix(node, k=0):
	return torch.tensor(node["w"][k], dtype=torch.float32)


class Net(nn.Module):
	def __init__(self, model):
		super().__init__()
		self.model, tree = model, model.tree
		self.height = tree["ni"]
		self.nodes = {k: find(tree, k) for k in ("Tanh", "SummLSTM", "LSTM", "Softmax")}
		turned = [id(n) for r in find(tree, "RTLReversed") for n in find(r, "LSTM")]
		self.turned = [id(n) in turned for n in self.nodes["LSTM"]]
		w = matrix(self.nodes["Tanh"][0])
		self.conv = nn.Conv2d(1, w.shape[0], 3, padding=1)
		self.conv.weight.data = w[:, :9].reshape(-1, 1, 3, 3).transpose(2, 3).contiguous()	# stored column by column
		self.conv.bias.data = w[:, 9].contiguous()
		self.summ = self._lstm(self.nodes["SummLSTM"][0])
		self.lstms = nn.ModuleList([self._lstm(n) for n in self.nodes["LSTM"]])
		w = matrix(self.nodes["Softmax"][0])
		self.out = nn.Linear(w.shape[1] - 1, w.shape[0])
		self.out.weight.data, self.out.bias.data = w[:, :-1].contiguous(), w[:, -1].contiguous()

	@staticmethod
	def _lstm(node):
		"""Gate rows in torch's order i f g o; inputs, state and bias lie side by side in the tree."""
		g = torch.cat([matrix(node, k) for k in (1, 2, 0, 3)])
		ns = g.shape[0] // 4
		ni = g.shape[1] - 1 - ns
		lstm = nn.LSTM(ni, ns)
		lstm.weight_ih_l0.data = g[:, :ni].contiguous()
		lstm.weight_hh_l0.data = g[:, ni:ni + ns].contiguous()
		lstm.bias_ih_l0.data = g[:, -1].contiguous()
		lstm.bias_hh_l0.data = torch.zeros(4 * ns)
		lstm.bias_hh_l0.requires_grad_(False)
		return lstm

	def store(self):
		"""Puts the weights back into the model's tree and returns the model."""
		def rows(w, b):
			return torch.cat([w, b[:, None]], 1).detach().double().cpu().numpy()
		w = self.conv.weight.transpose(2, 3).reshape(-1, 9)
		self.nodes["Tanh"][0]["w"] = [rows(w, self.conv.bias)]
		for lstm, node in zip([self.summ, *self.lstms], self.nodes["SummLSTM"] + self.nodes["LSTM"]):
			i, f, g, o = np.split(rows(torch.cat([lstm.weight_ih_l0, lstm.weight_hh_l0], 1), lstm.bias_ih_l0), 4)
			node["w"] = [g, i, f, o]
		self.nodes["Softmax"][0]["w"] = [rows(self.out.weight, self.out.bias)]
		return self.model

	def round(self):
		"""Rounds the weights as int8 will have them, row by row; returns the exact ones for restore()."""
		with torch.no_grad():
			exact = [p.clone() for p in self.parameters()]
			for w, b in [(self.conv.weight, self.conv.bias), (self.out.weight, self.out.bias)]:
				self._round_rows([w.view(w.shape[0], -1), b[:, None]])
			for lstm in [self.summ, *self.lstms]:
				self._round_rows([lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0[:, None]])
		return exact

	@staticmethod
	def _round_rows(parts):
		scale = torch.stack([p.abs().amax(1) for p in parts]).amax(0).clamp_min(1e-12)[:, None] / 127
		for p in parts:
			p.copy_((p / scale).round() * scale)

	def restore(self, exact):
		with torch.no_grad():
			for p, e in zip(self.parameters(), exact):
				p.copy_(e)

	def forward(self, x):
		x = F.max_pool2d(torch.tanh(self.conv(x)), 3)
		b, c, h, w = x.shape
		_, (last, _) = self.summ(x.permute(2, 0, 3, 1).reshape(h, b * w, c))	# over the rows of each column
		x = last[0].reshape(b, w, -1).transpose(0, 1)
		for lstm, turned in zip(self.lstms, self.turned):
			x = lstm(x.flip(0))[0].flip(0) if turned else lstm(x)[0]
		return self.out(x)


def normalise(img, height):
	"""uint8 line image to float32 (height, width); black and white from the extremes of the middle row, as Tesseract does."""
	if img.shape[0] != height:
		s = height / img.shape[0]
		img = cv2.resize(img, (max(3, round(img.shape[1] * s)), height), interpolation=cv2.INTER_AREA if s < 1 else cv2.INTER_CUBIC)
	row = img[img.shape[0] // 2].astype(np.int32)
	before, here, after = row[:-2], row[1:-1], row[2:]
	lows = here[((here < before) & (here <= after)) | ((here <= before) & (here < after))]
	highs = here[((here > before) & (here >= after)) | ((here >= before) & (here > after))]
	black = np.percentile(lows, 25) if len(lows) else 0
	white = np.percentile(highs, 75) if len(highs) else 255
	half = (white - black) / 2 if white > black else 1
	return ((img.astype(np.float32) - black) / half - 1).clip(-1, 1).astype(np.float32)


def read_lines(net, images):
	"""Best path of line images, without any dictionary."""
	texts = []
	net.eval()
	with torch.no_grad():
		for img in images:
			x = torch.from_numpy(normalise(img, net.height))[None, None]
			best = net(x)[:, 0].argmax(-1).tolist()
			texts.append(net.model.decode([v for k, v in enumerate(best) if v != net.model.blank and (k == 0 or best[k - 1] != v)]))
	return texts
