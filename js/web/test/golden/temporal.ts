// Temporal values.
// deno-lint-ignore-file
// @ts-nocheck
console.log(Temporal.PlainDate.from("2024-02-29"), [Temporal.Instant.from("2024-01-01T00:00:00Z")], { a: Temporal.Duration.from({ hours: 1 }), b: Temporal.PlainTime.from("10:00"), c: Temporal.ZonedDateTime.from("2024-01-01T00:00:00Z[UTC]"), d: Temporal.PlainYearMonth.from("2024-01"), e: Temporal.PlainMonthDay.from("01-02"), f: Temporal.PlainDateTime.from("2024-01-01T10:00") });
console.log(Deno.inspect(Temporal.PlainDate.from("2024-02-29"), { colors: true }), Temporal, Object.assign(Temporal.PlainDate.from("2024-02-29"), {x:1}));
console.log("%s", Temporal.PlainDate.from("2024-02-29"));
class MyD extends Temporal.PlainDate {} console.log(new MyD(2024,1,1));
