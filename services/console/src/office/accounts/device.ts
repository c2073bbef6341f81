// A browser's user agent in words: Chrome 109，Windows.

const browsers: [RegExp, string][] = [
  [/\bEdge?\/(\d+)/, "Edge"],
  [/\bFirefox\/(\d+)/, "Firefox"],
  [/\bMicroMessenger\/(\d+)/, "微信"],
  [/\b(?:Headless)?Chrome\/(\d+)/, "Chrome"],
  [/\bVersion\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari/, "Safari"],
];
const systems: [RegExp, string][] = [
  [/Windows/, "Windows"],
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** The browser with its version and the system; the beginning of the text itself when it names neither. */
export function deviceOf(userAgent: string): string {
  const browser = browsers.find(([pattern]) => pattern.test(userAgent));
  const system = systems.find(([pattern]) => pattern.test(userAgent));
  const words = [browser && `${browser[1]} ${browser[0].exec(userAgent)![1]}`, system?.[1]].filter(Boolean).join("，");
  return words || userAgent.slice(0, 40);
}
