// Dates and times as people here write them, in China Standard Time (UTC+8) whatever the PC is set to.

import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { now } from "./clock.ts";

const hour = 3600_000;
const day = 24 * hour;
const weekdays = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

type Time = Timestamp | number | undefined;

/** Milliseconds since 1970; undefined for a time that is not set. */
export function millis(time: Time): number | undefined {
  if (time === undefined || typeof time === "number") return time;
  return Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}

/** A time of the API's from milliseconds since 1970. */
export function timestamp(ms: number): { seconds: bigint; nanos: number } {
  const whole = Math.round(ms); // the server's time is reckoned in fractions of a millisecond; nanos must be whole
  const seconds = Math.floor(whole / 1000);
  return { seconds: BigInt(seconds), nanos: (whole - seconds * 1000) * 1e6 };
}

/** The fields of a time in China. */
function inChina(ms: number): Date {
  return new Date(ms + 8 * hour); // read by the UTC getters
}

const two = (n: number) => (n < 10 ? `0${n}` : `${n}`);

/** YYYY-MM-DD in China. */
export function isoDay(ms: number): string {
  return inChina(ms).toISOString().slice(0, 10);
}

/** The beginning of a day YYYY-MM-DD in China, in milliseconds since 1970. */
export function startOfDay(date: string): number {
  return Date.parse(`${date}T00:00:00+08:00`);
}

/** 9月12日 周六, with the year when it is not this one. */
export function formatDay(time: Time | string): string {
  const ms = typeof time === "string" ? startOfDay(time) : millis(time);
  if (ms === undefined || Number.isNaN(ms)) return "";
  const date = inChina(ms);
  const year = date.getUTCFullYear() === inChina(now()).getUTCFullYear() ? "" : `${date.getUTCFullYear()}年`;
  return `${year}${date.getUTCMonth() + 1}月${date.getUTCDate()}日 ${weekdays[date.getUTCDay()]}`;
}

/** 2026年9月12日, of a day YYYY-MM-DD; what is none stays as it is. */
export function formatDate(date: string): string {
  return date.replace(/^(\d{4})-0?(\d+)-0?(\d+)$/, "$1年$2月$3日");
}

/** 9月12日 周六 09:00. */
export function formatTime(time: Time): string {
  const ms = millis(time);
  if (ms === undefined) return "";
  const date = inChina(ms);
  return `${formatDay(ms)} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** 刚刚, 5分钟前, 3小时前, 2天前; for times to come 5分钟后 and so on. */
export function formatRelative(time: Time, at = now()): string {
  const ms = millis(time);
  if (ms === undefined) return "";
  const away = Math.abs(at - ms);
  const word = ms <= at ? "前" : "后";
  if (away < 60_000) return ms <= at ? "刚刚" : "不到1分钟后";
  if (away < hour) return `${Math.floor(away / 60_000)}分钟${word}`;
  if (away < day) return `${Math.floor(away / hour)}小时${word}`;
  return `${Math.floor(away / day)}天${word}`;
}

/** How long until a time: 2天3小时, 3小时05分, 4分10秒; empty when it is over. */
export function formatCountdown(time: Time, at = now()): string {
  const ms = millis(time);
  if (ms === undefined || ms <= at) return "";
  const seconds = Math.floor((ms - at) / 1000);
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor((seconds % 86400) / 3600), Math.floor((seconds % 3600) / 60)];
  if (d > 0) return `${d}天${h}小时`;
  if (h > 0) return `${h}小时${two(m)}分`;
  return `${m}分${two(seconds % 60)}秒`;
}

/** A duration in seconds as people say it: 30分钟, 2小时, 1天12小时. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "立即";
  const parts: [number, string][] = [
    [Math.floor(seconds / 86400), "天"],
    [Math.floor((seconds % 86400) / 3600), "小时"],
    [Math.floor((seconds % 3600) / 60), "分钟"],
    [Math.floor(seconds % 60), "秒"],
  ];
  return parts.filter(([n]) => n > 0).map(([n, unit]) => `${n}${unit}`).join("");
}
