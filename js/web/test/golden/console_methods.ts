// Groups, tables, counters, assertions; standard error is part of the text (see golden.sh).
// deno-lint-ignore-file
// @ts-nocheck
console.group("G");console.log("a\nb");console.log({a:1,b:"x".repeat(70)});console.group();console.warn("w");console.groupEnd();console.error("e");console.groupEnd();console.groupEnd();console.log("out");
console.groupCollapsed("c",1);console.info("i");console.groupEnd();
console.count();console.count();console.count("x");console.countReset();console.count();console.countReset("nope");console.count(null);console.count(undefined);
console.time();console.timeLog("nope");console.timeEnd("nope");console.time();console.time("t");
console.assert(true);console.assert(false);console.assert(false,"m %s","x");console.assert(false,{a:1});console.assert(false,"plain");
console.dir({a:{b:{c:{d:{e:{f:1}}}}}});console.dir({a:{b:1}},{depth:0});console.dirxml({a:1},2);console.dir("s");
console.table([[1,2],[3,4]]);console.table([{a:1,b:"x"},{a:2,c:true}]);console.table(new Map([["a",1],["b",{x:1}]]));console.table(new Set([1,"b"]));console.table({a:{x:1},b:2});console.table(1);console.table("s");console.table([1,2,"é"]);console.table([{a:1,b:2}],["b"]);console.table([{a:1,b:2}],["z"]);console.table([]);console.table([[]]);console.table(null);console.table();console.table([{a:{b:{c:1}}}]);console.table([["日本",1]]);console.table([1,{a:1}]);console.table([{a:[1,2],f(){}}]);
console.debug("d");console.timeStamp("x");console.group("a","b",{c:1});console.group();console.table([1]);console.log("%s\nx","in");console.groupEnd();console.groupEnd();
console.clear();console.log();console.group();console.log();console.log("");console.groupEnd();
console.group(); console.dir({a:1,b:{c:[1,2,3]}});console.log(["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"]); console.groupEnd();
console.table([{a:1.5},{a:2}]);console.table([{a:-1},{a:"2"}]);console.table([{a:1n},{a:2}]);console.table([{a:undefined},{a:null}]);console.table([{a:""},{a:1}]);console.table({x:{0:1}});
console.table([new Date(0), "multi\nline"]);console.table(new Map([[{a:1},[1,2]]]));console.table([[1,[2,[3]]]]);console.table([{a:"x".repeat(100)}]);
console.log("%c styled %c plain","color:red;font-weight:bold","");
console.log("%s", null, undefined);console.log("%s","a","b\nc");console.log("%o %s");console.log("a%");console.log("%a",1);
console.log("%d", 1e21);console.log("%d", -0);console.log("%f", 1n);console.log("%f","x");console.log("%i",1e21);console.log("%d","0x10"," 12abc");console.log("%d",true,null,[5]);
console.log("%s", "x".repeat(10), "y");console.log(Symbol("a"), "%s", 1);console.log(1, "%s", "b");
console.log("%j", undefined);console.log("%j", 1n===1n);try{console.log("%j", 1n)}catch(e){console.log("T",e.message)}
console.log("%o", {a:1,b:[1,{c(){}}]});console.log("%O","str");console.log("%o","str");
console.log(-0,[-0],"%s",-0);console.log("%s",-0);console.log("%s",Object.create(null)===1);try{console.log("%s",Object.create(null))}catch(e){console.log("E",e.message)}
console.log("%s", class Foo{}, function f(){ return 1 });
console.log("%s", [1,[2,[3,[4]]]], {a:{b:{}}}, new Error("es").message);
console.log({a:undefined,b(){},["c d"](){},e:async()=>{},*f(){},g:class{},h:class H extends Array{}});
console.log([null,undefined,function(){}]);
console.log(new (class Foo{constructor(){this.a=1}}), new (class extends Object{}), new (class Foo extends null{constructor(){return Object.create(new.target.prototype)}}));
console.log([ "a".repeat(20),"b".repeat(20),"c".repeat(20),"d".repeat(20) ]);
console.log({k:["a".repeat(20),"b".repeat(20),"c".repeat(20)], z:{y:"q".repeat(60)}});
console.log(Object.freeze({a:1}),new (function Legacy(){this.x=1}));
function Old(){};Old.prototype={y:1};console.log(new Old);
console.log(globalThis.undefinedThing, [ , 1, , 2, , ], [1, , ,]);
console.log(new Map([["k", new Map([["n", new Map([["d", 1]])]])]]));
console.log(new Set([[1,2],[3,4]]), new Map([[{k:1},{v:1}]]));
console.log({date:new Date(1e12), re:/x/gi, err: null, fn: Math.max, nested:{arr:[1,2,{x:[1]}]}});
console.log(JSON.parse('{"id":1,"name":"Leanne Graham","email":"Sincere@april.biz","address":{"street":"Kulas Light","geo":{"lat":"-37.3159","lng":"81.1496"}},"tags":["a","b"],"active":true,"n":null}'));
console.log([{id:1,name:"a"},{id:2,name:"b"},{id:3,name:"c"}]);
console.log(Array.from({length:12},(_, k)=>({id:k,name:"item "+k})));
console.log([1.123456,2.1,3], [0.1+0.2], [1e100,5e-324]);
console.log(["apple","banana","cherry","dragonfruit","elderberry","fig","grape","honeydew"]);
console.log(Array.from({length:27},(_, k)=>"k".repeat(k%7+1)));
console.log(Array.from({length:110},(_, k)=>k*k*k));
console.log([["a",1],["b",2],["c",3],["d",4],["e",5],["f",6],["g",7]]);
console.log(["日本語","中国","한국어","a","b","c","d","e"]);console.log({"日本":"語"});
console.log(["\u001b[31mred\u001b[39m"],"\u001b[31mred\u001b[39m");
console.log(new Array(3).fill().map((_, i)=>new Array(3).fill(i)));
console.log(Array.from({length:7},()=>[1,2]));console.log([new Array(101).fill(1)].length, [Array(101).fill("ab")]);
console.log({f:function(){},g:()=>{},[Symbol("m")](){}} );
