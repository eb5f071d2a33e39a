// Deno.inspect: options, colours, custom methods.
// deno-lint-ignore-file
// @ts-nocheck
const show=(v,o)=>console.log(JSON.stringify(Deno.inspect(v,{colors:true,...o})));
show({s:"a",n:1,b:1n,t:true,u:undefined,nu:null,sy:Symbol("x"),d:new Date(0),dd:new Date(NaN),r:/x/g,f(){},c:class Q{},p:Promise.resolve(1),pp:new Promise(()=>{}),m:new Map([[1,{}]]),[Symbol("k")]:1,"q-q":2,get g(){return 1},o:{a:{b:{c:{}}}},arr:[,1],nb:new Number(1),e:(()=>{const e=new Error("z");e.stack="Error: z\n    at f (file:///a.ts:1:2)\n    at ext:core/mod.js:1:2\n    at async file:///x/y.ts:10:22\n    at new Promise (<anonymous>)";return e})(),ab:new ArrayBuffer(1),w:new WeakMap,it:[].values(),mi:new Map([[1,2]]).keys(),s2:new Set(["x"])},{});
show(new Array(200).fill(0),{iterableLimit:2});
const c={};c.c=c;show(c);show({a:{b:{c:{d:{e:{f:1}}}}}});show(new Proxy({a:1},{}),{showProxy:true});
const i=(v,o)=>console.log(Deno.inspect(v,o));
i({a:{b:{c:1}}},{depth:0});i({a:{b:{c:1}}},{depth:1});i({b:1,a:2},{sorted:true});i([1,2,3,4],{iterableLimit:2});i(new Map([[1,2],[3,4],[5,6]]),{iterableLimit:2});i(new Set([1,2,3]),{iterableLimit:1});i({a:1,b:2},{trailingComma:true});i({a:"x".repeat(80),b:2},{trailingComma:true});
i({a:{b:1},c:[1,2,3]},{compact:false});i({a:"x".repeat(80),b:2},{compact:true});i({get a(){return 1},get b(){throw new Error("q")},get c(){return {x:1}}, get d(){return "s"}},{getters:true});
i([1,2],{showHidden:true});i(function f(){}, {showHidden:true});i("x".repeat(200),{strAbbreviateSize:10});i({a:"x".repeat(200)},{strAbbreviateSize:10});i(["x".repeat(12)],{strAbbreviateSize:10});
i(new Proxy({a:1},{get(){}}),{showProxy:true});i(new Proxy(()=>{},{}),{showProxy:true});
i({a:1,b:{c:2}},{breakLength:5});i({a:1,b:{c:2}},{breakLength:Infinity});
i(new Map([["a",{b:{c:1}}]]),{depth:0}); i([[[]]],{depth:0});
class NI2{[Symbol.for("nodejs.util.inspect.custom")](d,o,insp){return {x:1,y:{z:2}}}}; i(new NI2);i({a:new NI2});
class CI2{[Symbol.for("Deno.customInspect")](d,o,insp){return {x:1,y:{z:2}}}}; i(new CI2);i({a:new CI2});
class CI3{[Symbol.for("Deno.customInspect")](insp,o){return insp({q:{w:1}},o)}}; i({a:{b:new CI3}});
class CI4{[Symbol.for("Deno.customInspect")](insp,o){return "multi\nline"}}; i({a:{b:new CI4}});
