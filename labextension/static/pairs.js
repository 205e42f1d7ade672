// @ts-check
// The halves of a text in two languages, "损失 loss 0.3". The same rule as course_utils/bilingual.py,
// which says why; tests/bilingual/pairs.json holds both to the same examples.

const SEPARATOR = " · ";
const CHINESE = /[\u4e00-\u9fff]/;
const CHINESE_TOKEN = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/; // and its punctuation
const WORD = /[A-Za-z]{2,}|['’]s\b/;
const LOWER = /^[a-z][a-z’'-]+[,:;.)]*$/;
const FORMULA = /\$[^$]*\$/g;
const PAIR = /([en]*)(z(?:[zn]*z)?)(n*)(e(?:[en]*e)?)(n*)/g;
const BETWEEN = /(\s{2,}|(?<!\S)\((?=[\u4e00-\u9fff])|(?<!\S)[A-Za-z0-9-]+，(?=[\u4e00-\u9fff]))/;
const EDGES = /^[()[\]（），,.:：;；]+|[()[\]（），,.:：;；]+$/g;

/** @typedef {[string, string]} Halves */

/** @param {string} text */
const kindOf = (text) => {
  const bare = text.replace(FORMULA, "");
  if (!CHINESE.test(bare)) return WORD.test(bare) ? "e" : "n";
  return bare.trim().split(/\s+/).some((token) => LOWER.test(token)) ? "ze" : "z";
};

// The tokens, or none where all of them are there already.
/** @type {(tokens: string[], there: string[]) => string[]} */
const fresh = (tokens, there) => {
  const known = there.join(" ");
  return tokens.every((token) => known.includes(token.replace(EDGES, ""))) ? [] : tokens;
};

// The numbers and signs at the end of the tokens.
/** @param {string[]} tokens */
const numbersOf = (tokens) => tokens.slice(
  tokens.map((token) => WORD.test(token)).lastIndexOf(true) + 1);

/** @type {(parts: string[][]) => [string[], string[]]} */
const pair = ([lead, zh, mid, english, after]) => {
  const first = [...lead, ...zh, ...fresh(mid, [...lead, ...zh])];
  const all = [...english, ...after];
  const colon = /[：？]/.test(first.join("")) ? 0
    : all.findIndex((token) => token.endsWith(":")) + 1;
  const cut = colon || english.length;
  const [en, tail] = [all.slice(0, cut), all.slice(cut)];
  if (colon) first.push(...fresh(numbersOf(en), first));
  const second = [
    ...fresh(lead, [...mid, ...en, ...tail]), ...fresh(mid, [...en, ...tail]), ...en, ...tail,
  ];
  if (!colon) return [[...first, ...fresh(tail, first)], second];
  const last = first[first.length - 1].replace(/:+$/, "");
  return [[...first.slice(0, -1), `${last}：${tail.join(" ")}`], second];
};

/** @param {string[]} tokens */
const kindsOf = (tokens) => tokens
  .map((token) => (CHINESE_TOKEN.test(token) ? "z" : WORD.test(token) ? "e" : "n")).join("")
  .replace(/(?<=z)e+(?=z)/g, (run, at) =>
    (tokens.slice(at, at + run.length).some((token) => LOWER.test(token)) ? run
      : "z".repeat(run.length)));

/** @type {(piece: string) => Halves} */
const ofPiece = (piece) => {
  const tokens = piece.split(" ");
  /** @type {string[]} */
  const zh = [];
  /** @type {string[]} */
  const en = [];
  let end = 0;
  /** @param {number} to */
  const share = (to) => [zh, en].forEach((half) => half.push(...tokens.slice(end, to)));
  for (const found of kindsOf(tokens).matchAll(PAIR)) {
    share(found.index);
    end = found.index;
    const parts = found.slice(1).map(({ length }) => tokens.slice(end, (end += length)));
    const [first, second] = pair(parts);
    zh.push(...first);
    en.push(...second);
  }
  share(tokens.length);
  return [zh.join(" ").replaceAll("： ", "："), en.join(" ")];
};

/** @type {(line: string) => Halves} */
const ofLine = (line) => {
  const at = line.indexOf(SEPARATOR);
  const [left, right] = [line.slice(0, at), line.slice(at + SEPARATOR.length)];
  if (at >= 0 && CHINESE.test(left) && !CHINESE.test(right)) {
    const number = left.match(/^\d\d /)?.[0] ?? ""; // a lesson's, unless both halves count something
    return [left, right.startsWith(number) ? right : number + right];
  }
  const formulas = [...new Set(line.match(FORMULA) ?? [])];
  const hidden = line.replace(FORMULA, (found) =>
    String.fromCharCode(0xe000 + formulas.indexOf(found)));
  /** @type {Halves[]} */
  const halved = hidden.split(BETWEEN).map((piece, i) =>
    (i % 2 ? [piece, piece.replace("，", ", ")] : ofPiece(piece)));
  /** @param {0 | 1} side */
  const shown = (side) => halved.map((half) => half[side]).join("")
    .replace(/[\ue000-\uf8ff]/g, (found) => formulas[found.charCodeAt(0) - 0xe000]);
  return [shown(0), shown(1)];
};

/**
 * The Chinese and the English half; a text in one language is both.
 * @type {(text: string) => Halves}
 */
export const halves = (text) => {
  const lines = text.split("\n");
  const kinds = lines.map(kindOf);
  const apart = kinds.includes("z") && kinds.includes("e");
  /** @type {(string | null)[][]} */
  const halved = lines.map((line, i) =>
    (apart && kinds[i] === "z" ? [line, null]
      : apart && kinds[i] === "e" ? [null, line] : ofLine(line)));
  /** @param {0 | 1} side */
  const join = (side) => halved.map((half) => half[side]).filter((part) => part !== null).join("\n");
  return [join(0), join(1)];
};

/** @type {(text: string, mode: Mode) => string} */
export const inMode = (text, mode) =>
  (mode === "both" ? text : halves(text)[mode === "zh" ? 0 : 1]);
