"""Cutting a text of any language into the pieces of a SentencePiece unigram model.

The text is normalised by the model's own table (much like NFKC), spaces become ▁, and of all ways to
cut it into known pieces the most probable one is taken (Viterbi). Sources: Kudo and Richardson,
*SentencePiece*, EMNLP 2018; asset ``sentence_encoder``, whose package does the same in pure Python.
"""

import struct
from pathlib import Path

from course_utils.encoders import protobuf

UNKNOWN, BEGIN, END = 0, 1, 2
SPACE = "▁"


class Pieces:
    """A SentencePiece model: ``cut`` gives the pieces of a text, ``ids`` their numbers."""

    def __init__(self, file: Path) -> None:
        model = protobuf.fields(file.read_bytes())
        self.names: list[str] = []
        self.scores: list[float] = []
        for message in model[1]:
            piece = protobuf.fields(message)  # type: ignore[arg-type]
            self.names.append(bytes(piece[1][0]).decode())  # type: ignore[arg-type]
            score = struct.unpack("<f", piece[2][0])[0] if piece[2] else 0.0  # type: ignore[arg-type]
            self.scores.append(score)
        self.number = {name: i for i, name in enumerate(self.names)}
        self.longest = max(map(len, self.names))
        self.unknown = min(self.scores) - 10
        table = bytes(protobuf.fields(model[3][0])[2][0])  # type: ignore[arg-type]
        size = struct.unpack("<I", table[:4])[0]
        self.trie = struct.unpack(f"<{size // 4}I", table[4 : 4 + size])
        self.replacements = table[4 + size :]

    def ids(self, text: str) -> list[int]:
        """The pieces' numbers, between those of begin and end."""
        cut = [self.number.get(piece, UNKNOWN) for piece in self.cut(text)] or [UNKNOWN]
        return [BEGIN, *cut, END]

    def cut(self, text: str) -> list[str]:
        """The most probable pieces; what no piece covers stands alone."""
        text = self._normalised(text)
        best, start = [0.0] + [-1e38] * len(text), [0] * (len(text) + 1)
        for i in range(len(text)):
            for j in range(i + 1, min(i + self.longest, len(text)) + 1):
                number = self.number.get(text[i:j])
                if number is None and j > i + 1:
                    continue
                score = best[i] + (self.unknown if number is None else self.scores[number])
                if score > best[j]:
                    best[j], start[j] = score, i
        found, end = [], len(text)
        while end:
            found.append(text[start[end] : end])
            end = start[end]
        return found[::-1]

    def _normalised(self, text: str) -> str:
        data, out, at = text.encode(), bytearray(), 0
        while at < len(data):
            replacement, used = self._replaced(data, at)
            out += replacement
            at += used
        words = [word for word in out.decode(errors="replace").split(" ") if word]
        return SPACE + SPACE.join(words) if words else ""

    def _replaced(self, data: bytes, at: int) -> tuple[bytes, int]:
        """What the table has for the longest beginning of data[at:], and that beginning's bytes.

        The table is a darts-clone double array: each unit holds a label, an offset and whether a
        value follows.
        """
        place = _offset(self.trie[0])
        found, length = None, 0
        for k in range(at, len(data)):
            place ^= data[k]
            unit = self.trie[place]
            if unit & 0x800000FF != data[k]:
                break
            place ^= _offset(unit)
            if unit & 0x100:
                found, length = self.trie[place] & 0x7FFFFFFF, k + 1 - at
        if found is None:
            length = 1
            while at + length < len(data) and data[at + length] & 0xC0 == 0x80:
                length += 1
            return data[at : at + length], length
        return self.replacements[found : self.replacements.index(0, found)], length


def _offset(unit: int) -> int:
    return (unit >> 10) << ((unit & 0x200) >> 6)
