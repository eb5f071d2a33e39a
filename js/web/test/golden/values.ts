// Values of every kind, as console.log prints them.
// deno-lint-ignore-file
// @ts-nocheck
const i = (v) => console.log(v);
console.log("top", "a'b\"c", -0, 0, 1n, Symbol("x"), Symbol(), null, undefined, true);
i(["a", "it's", 'q"q', `b"'b`, "b\"'`x", "\n\t\\\x00\x7f\x9f\u2028\ud800", "é😀"]);
i({a:1,"b-c":2,"1x":3,1:4,[Symbol("s")]:5,[Symbol.iterator]:6,"it's":1, 'a"b':2, "ünï":3, "":4, $a:1, _b:2,"new\nline":3});
i({a:{b:{c:{d:{e:{f:1}}}}}});
i([[[[[[1]]]]]]);
const c={name:"x"};c.self=c;c.arr=[c,{c}];i(c);
class A{x=1;#y=2}; class B extends A{z=2}; i(new A);i(new B);i(A);i(B);i(class{});i(class extends A{});i([class{}]);
i(Object.create(null));i(Object.assign(Object.create(null),{a:1}));i(Object.create({}));i(Object.create(A.prototype));
i(Object.create(Object.create(null)));
i([1,,3]);i([,,,]);i(new Array(5));i([undefined,null,,]);
i(Array.from({length:120},(_, i)=>i));
i(Array.from({length:101},(_, i)=>"s"+i));
i(Object.assign([1,2],{a:1,[Symbol("q")]:2,"-1":3}));
i(new Uint8Array(3));i(new Float64Array([1.5,-0]));i(new BigInt64Array(2));i(new ArrayBuffer(4));i(new DataView(new ArrayBuffer(4),1,2));
i(new SharedArrayBuffer(2));
i(new Map([["a",1],[{x:1},[1]]]));i(new Set([1,"a",{}]));i(new WeakMap);i(new WeakSet);i(new WeakRef({}));
i(new Map());i(new Set());i([new Map([[1,2]])]);
i(new Date(0));i(new Date(NaN));i([new Date(0)]);i({d:new Date(NaN)});
i(/a/g);i(Object.assign(/a/,{x:1}));
i(function foo(){});i(()=>{});i(async()=>{});i(function*g(){});i(async function*ag(){});i(async function af(){});i(Object.assign(()=>{}, {a:1}));
i(Object.assign(function foo(){}, {a:1}));
i({get a(){return 1},set b(v){},get c(){return 1},set c(v){}});
i(Promise.resolve(1));i(Promise.reject(1).catch(()=>{})); i(new Promise(()=>{})); const rj=Promise.reject({a:1}); rj.catch(()=>{}); i(rj);
i(new Proxy({a:1},{}));i(new Proxy([1],{get(){throw 1}}));i(new Proxy(function f(){}, {}));
i([new Number(1),new Number(-0),new String("abc"),new Boolean(false),Object(1n),Object(Symbol("z"))]);
i(new String("abc"));i(Object.assign(new String("abc"),{x:1}));
i([][Symbol.iterator]());i(new Map([[1,2]]).entries());i(new Map([[1,2]]).keys());i(new Set([1]).values());i(new Set([1]).entries());i("a"[Symbol.iterator]());i((function*(){})());i((async function*(){})());i("a".matchAll(/a/g));
(function(){i(arguments)})(1,2);
i({[Symbol.toStringTag]:"T",a:1});class TT{get [Symbol.toStringTag](){return "tag"}};i(new TT);i(Object.assign(Object.create(null),{[Symbol.toStringTag]:"N"}));
i(globalThis.Math);i(JSON);i(Atomics);i(Reflect);
i(new (class extends Map{})([[1,2]]));i(new (class Foo extends Array{})(1,2));i(new (class S2 extends Set{}));i(new (class extends Date{})(0));i(new (class P2 extends Promise{})(()=>{}));i(new (class U2 extends Uint8Array{})(2));i(new (class R2 extends RegExp{})("a"));
