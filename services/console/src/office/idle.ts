// Whoever leaves the PC is signed out after a while. Live pages go on asking, which keeps a session in use; only what
// people do counts here.

import { useEffect, useRef } from "react";

const idleMs = 30 * 60_000;
const lookEveryMs = 15_000;

/** Calls `left` once nobody has touched keyboard, mouse or screen for half an hour. */
export function useIdle(left: () => void): void {
  const listener = useRef(left);
  listener.current = left;
  useEffect(() => {
    let touched = performance.now();
    const touch = () => (touched = performance.now());
    const kinds = ["pointerdown", "keydown", "wheel", "touchstart"] as const;
    kinds.forEach((kind) => window.addEventListener(kind, touch, { passive: true }));
    const timer = setInterval(() => {
      if (performance.now() - touched < idleMs) return;
      touch(); // once
      listener.current();
    }, lookEveryMs);
    return () => {
      kinds.forEach((kind) => window.removeEventListener(kind, touch));
      clearInterval(timer);
    };
  }, []);
}
