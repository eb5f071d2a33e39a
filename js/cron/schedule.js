// Object schedules as text, exactly as Deno turns them: what telemetry, history and the parser see is the text.

const join = Function.prototype.call.bind(Array.prototype.join);

/** One field: a number, {exact}, or {start, end, every}; undefined is "*". */
export function formatToCronSchedule(value) {
  if (value === undefined) return "*";
  if (typeof value === "number") return `${value}`;
  const { exact, start, end, every } = value;
  if (exact !== undefined) return typeof exact === "number" ? `${exact}` : join(exact, ",");
  if (start !== undefined) {
    if (end === undefined) return every === undefined ? start + "/1" : start + "/" + every;
    return every === undefined ? start + "-" + end : start + "-" + end + "/" + every;
  }
  if (end === undefined && every !== undefined) return "*/" + every;
  throw new TypeError(`Invalid cron schedule: start=${start}, end=${end}, every=${every}`);
}

/** Text as it is; anything else by the five keys it may have. */
export function parseScheduleToString(schedule) {
  if (typeof schedule === "string") return schedule;
  let { minute, hour, dayOfMonth, month, dayOfWeek } = schedule;
  // Whoever names an hour means its start, not each of its minutes; and so on upwards.
  if (minute === undefined) {
    if (hour !== undefined) {
      minute = 0;
    } else if (dayOfMonth !== undefined || dayOfWeek !== undefined) {
      minute = hour = 0;
    } else if (month !== undefined) {
      minute = hour = 0;
      dayOfMonth = 1;
    }
  }
  return formatToCronSchedule(minute) + " " + formatToCronSchedule(hour) + " " + formatToCronSchedule(dayOfMonth) +
    " " + formatToCronSchedule(month) + " " + formatToCronSchedule(dayOfWeek);
}
