// Events, targets, abort signals, DOMException.
// deno-lint-ignore-file
// @ts-nocheck
// events / DOMException / abort probes
const i=v=>console.log(v);
i(new Event("x"));i(new CustomEvent("c",{detail:{a:1}}));i(new ErrorEvent("error",{message:"m",error:new RangeError("q").message}));i(new AbortController());i(AbortSignal.abort("r").reason);i(new EventTarget());
i(new MessageEvent("message",{data:1}));i(new CloseEvent("close",{code:1000}));i(new ProgressEvent("p"));
const e=new DOMException("m","N"); i([e.name,e.message,e.code,Object.keys(e),e instanceof Error,Object.prototype.toString.call(e),String(e)]);
i(DOMException.ABORT_ERR);i(Object.keys(DOMException).length);i(new DOMException().name);
i(AbortSignal.abort().reason.name+AbortSignal.abort().reason.message+AbortSignal.abort().reason.code);
try{AbortSignal.abort("why").throwIfAborted()}catch(x){i(x)}
const s=AbortSignal.timeout(5);s.onabort=(ev)=>{i([ev.type,ev.isTrusted,s.reason.name,s.reason.message,s.reason.code,String(s.reason)])};
const a=AbortSignal.any([s,new AbortController().signal]);a.addEventListener("abort",()=>i("any "+a.reason));
for (const f of [()=>new Event(),()=>new AbortSignal(),()=>AbortSignal.timeout(),()=>AbortSignal.timeout(-1),()=>new EventTarget().addEventListener("a"),()=>new EventTarget().addEventListener("x",5),()=>Event("x"),()=>new CustomEvent(),()=>AbortSignal.any(1),()=>new EventTarget().addEventListener(),()=>AbortSignal.any([1]),()=>new PromiseRejectionEvent("x"),()=>reportError(),()=>new DOMException(Symbol())]) try{i(f())}catch(x){i(x.name+": "+x.message)}
const t=new EventTarget();t.addEventListener("a",{handleEvent(ev){i(["he",this===this,ev.eventPhase,ev.target===t,ev.currentTarget===t,ev.composedPath().length])}});t.addEventListener("a",()=>i("once"),{once:true});i(t.dispatchEvent(new Event("a",{cancelable:true})));i(t.dispatchEvent(new Event("a")));
t.addEventListener("b",ev=>ev.preventDefault());i(t.dispatchEvent(new Event("b",{cancelable:true})));i(t.dispatchEvent(new Event("b")));
const ev=new Event("q",{bubbles:true});i([ev.bubbles,ev.cancelable,ev.composed,ev.defaultPrevented,ev.returnValue,ev.timeStamp>0,ev.eventPhase,ev.isTrusted,ev.srcElement,ev.cancelBubble]);
i(Object.getOwnPropertyNames(Event));i(Object.keys(ev));
i(Object.getOwnPropertyNames(AbortSignal.prototype));i(Object.getOwnPropertyNames(DOMException.prototype));
i(new AbortController().signal);i({s:new AbortController().signal});
i(crypto);i(crypto.subtle);i(new TextEncoder());i(new TextDecoder());i(new PromiseRejectionEvent("x",{promise:Promise.resolve(1),reason:2}));
