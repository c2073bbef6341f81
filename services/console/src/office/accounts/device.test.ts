import { expect, test } from "vitest";
import { deviceOf } from "./device.ts";

test("browsers and systems in words, the more special name first", () => {
  const chrome = "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36";
  expect(deviceOf(chrome)).toBe("Chrome 109，Windows");
  expect(deviceOf(`${chrome} Edg/109.0.1518.78`)).toBe("Edge 109，Windows");
  expect(deviceOf("Mozilla/5.0 (Linux; Android 10; M2006) AppleWebKit/537.36 Chrome/86.0.4240.99 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0.2")).toBe("微信 8，Android");
  expect(deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 Version/16.5 Mobile/15E148 Safari/604.1")).toBe("Safari 16，iOS");
  expect(deviceOf("portal/3.1")).toBe("portal/3.1");
});
