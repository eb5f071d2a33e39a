/*
 * Where the engine's builtins fall short of V8's. First of all modules: others name methods by Symbol.dispose.
 */
const { defineProperty, getOwnPropertyDescriptor } = Object;
const { apply } = Reflect;
const { AggregateError, Promise } = globalThis;

for (const name of ["dispose", "asyncDispose"]) {
  if (Symbol[name] === undefined) defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}

// The engine's Promise.any fails without a message; all steps are those of the language's standard.
const { value: nativeAny, ...shape } = getOwnPropertyDescriptor(Promise, "any");
const { any } = {
  any(iterable) {
    if (this !== Promise) return apply(nativeAny, this, [iterable]);
    return new Promise((resolve, reject) => {
      const errors = [];
      let left = 1; // one for the iteration itself
      const oneLess = () => {
        if (--left === 0) reject(new AggregateError(errors, "All promises were rejected"));
      };
      const toPromise = Promise.resolve;
      let next = 0;
      for (const item of iterable) {
        const index = next++;
        errors[index] = undefined;
        left++;
        let done = false;
        apply(toPromise, Promise, [item]).then(resolve, (reason) => {
          if (done) return;
          done = true;
          errors[index] = reason;
          oneLess();
        });
      }
      oneLess();
    });
  },
};
defineProperty(Promise, "any", { ...shape, value: any });
