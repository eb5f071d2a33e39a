// TextEncoder and TextDecoder; the tables are the JVM's charsets.
import { op_encoding_decode, op_encoding_decode_chunk, op_encoding_encode_utf8, op_encoding_supported } from "ext:core/ops";
import { bytesOf, configureClass, requireArguments } from "ext:web/webidl.js";

// The Encoding Standard: name, the JVM's charset, then the labels that are not the name itself.
const ENCODINGS = [
  ["utf-8", "UTF-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8"],
  ["ibm866", "IBM866", "866 cp866 csibm866"],
  ["iso-8859-2", "ISO-8859-2", "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"],
  ["iso-8859-3", "ISO-8859-3", "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"],
  ["iso-8859-4", "ISO-8859-4", "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"],
  ["iso-8859-5", "ISO-8859-5", "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988"],
  ["iso-8859-6", "ISO-8859-6", "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"],
  ["iso-8859-7", "ISO-8859-7", "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"],
  ["iso-8859-8", "ISO-8859-8", "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 iso88598 iso_8859-8 iso_8859-8:1988 visual"],
  ["iso-8859-8-i", "ISO-8859-8", "csiso88598i logical"],
  ["iso-8859-10", "ISO-8859-10", "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6"],
  ["iso-8859-13", "ISO-8859-13", "iso8859-13 iso885913"],
  ["iso-8859-14", "ISO-8859-14", "iso8859-14 iso885914"],
  ["iso-8859-15", "ISO-8859-15", "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9"],
  ["iso-8859-16", "ISO-8859-16", ""],
  ["koi8-r", "KOI8-R", "cskoi8r koi koi8 koi8_r"],
  ["koi8-u", "KOI8-U", "koi8-ru"],
  ["macintosh", "x-MacRoman", "csmacintosh mac x-mac-roman"],
  ["windows-874", "x-windows-874", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620"],
  ["windows-1250", "windows-1250", "cp1250 x-cp1250"],
  ["windows-1251", "windows-1251", "cp1251 x-cp1251"],
  ["windows-1252", "windows-1252", "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252"],
  ["windows-1253", "windows-1253", "cp1253 x-cp1253"],
  ["windows-1254", "windows-1254", "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 iso_8859-9:1989 l5 latin5 x-cp1254"],
  ["windows-1255", "windows-1255", "cp1255 x-cp1255"],
  ["windows-1256", "windows-1256", "cp1256 x-cp1256"],
  ["windows-1257", "windows-1257", "cp1257 x-cp1257"],
  ["windows-1258", "windows-1258", "cp1258 x-cp1258"],
  ["x-mac-cyrillic", "x-MacCyrillic", "x-mac-ukrainian"],
  ["gbk", "GB18030", "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk"],
  ["gb18030", "GB18030", ""],
  ["big5", "Big5-HKSCS", "big5-hkscs cn-big5 csbig5 x-x-big5"],
  ["euc-jp", "EUC-JP", "cseucpkdfmtjapanese x-euc-jp"],
  ["iso-2022-jp", "ISO-2022-JP", "csiso2022jp"],
  ["shift_jis", "windows-31j", "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis"],
  ["euc-kr", "x-windows-949", "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949"],
  ["utf-16be", "UTF-16BE", "unicodefffe"],
  ["utf-16le", "UTF-16LE", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16"],
  ["x-user-defined", "x-user-defined", ""],
];
let byLabel;
function find(label) {
  if (byLabel === undefined) {
    byLabel = new Map();
    for (const encoding of ENCODINGS) {
      byLabel.set(encoding[0], encoding);
      for (const other of encoding[2].split(" ")) byLabel.set(other, encoding);
    }
    byLabel.delete("");
  }
  return byLabel.get(label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "").toLowerCase());
}

const NOTHING = new Uint8Array(0);

export class TextDecoder {
  #name;
  #charset;
  #fatal;
  #ignoreBom;
  #pending = NOTHING; // an unfinished sequence at the end of the last chunk
  #started = false; // past the place of a byte order mark

  constructor(label = "utf-8", options = {}) {
    const encoding = find(`${label}`);
    if (encoding === undefined || (encoding[1] !== "UTF-8" && !op_encoding_supported(encoding[1]))) {
      const error = new RangeError(`The encoding label provided ('${label}') is invalid.`);
      error.code = "ERR_ENCODING_NOT_SUPPORTED";
      throw error;
    }
    [this.#name, this.#charset] = encoding;
    this.#fatal = Boolean(options?.fatal);
    this.#ignoreBom = Boolean(options?.ignoreBOM);
  }

  get encoding() {
    return this.#name;
  }
  get fatal() {
    return this.#fatal;
  }
  get ignoreBOM() {
    return this.#ignoreBom;
  }

  decode(input, options) {
    const bytes = input === undefined ? NOTHING : bytesOf(input);
    if (bytes === undefined) {
      const error = new TypeError(
        "Failed to execute 'decode' on 'TextDecoder': Argument 1 is not an ArrayBuffer, SharedArrayBuffer, or a view on one",
      );
      error.code = "ERR_INVALID_ARG_TYPE";
      throw error;
    }
    const more = Boolean(options?.stream);
    let text;
    try {
      if (!more && this.#pending.length === 0) {
        text = bytes.length === 0 ? "" : op_encoding_decode(this.#charset, bytes, this.#fatal);
      } else {
        const all = this.#pending.length === 0 ? bytes : concat(this.#pending, bytes);
        const chunk = op_encoding_decode_chunk(this.#charset, all, this.#fatal, !more);
        text = chunk.text;
        this.#pending = chunk.consumed === all.length ? NOTHING : all.slice(chunk.consumed);
      }
    } catch (error) {
      this.#pending = NOTHING;
      this.#started = false;
      throw error;
    }
    if (!this.#started && text.length > 0) {
      if (!this.#ignoreBom && text.charCodeAt(0) === 0xfeff && this.#name.startsWith("utf-")) text = text.slice(1);
      this.#started = true;
    }
    if (!more) this.#started = false;
    return text;
  }
}
configureClass(TextDecoder, ["encoding", "fatal", "ignoreBOM"]);

function concat(a, b) {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(input = "") {
    const text = `${input}`;
    return text === "" ? new Uint8Array(0) : op_encoding_encode_utf8(text);
  }

  encodeInto(source, target) {
    requireArguments(arguments.length, 1, "Failed to execute 'encodeInto' on 'TextEncoder'");
    if (!(target instanceof Uint8Array)) {
      throw new TypeError("Failed to execute 'encodeInto' on 'TextEncoder': Argument 2 is not an Uint8Array object");
    }
    const text = `${source}`;
    let read = 0;
    let written = 0;
    for (const char of text) {
      const code = char.codePointAt(0);
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (written + size > target.length) break;
      read += char.length;
      written += size;
    }
    if (written > 0) target.set(op_encoding_encode_utf8(text.slice(0, read)));
    return { read, written };
  }
}
configureClass(TextEncoder, ["encoding"]);
