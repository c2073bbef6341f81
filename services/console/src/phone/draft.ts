// A half-filled form, kept encrypted on the phone with every change, so that a reload or a session that ends loses
// nothing of it.

import { useCallback, useEffect, useRef, useState } from "react";
import { usePhone } from "./phone.tsx";
import { drop, keep, kept } from "./vault.ts";

/** The form's values, how to change them, how to clear them, and whether they were found from before. */
export function useDraft<T extends object>(name: string, empty: T): [T, (change: Partial<T>) => void, () => Promise<void>, boolean] {
  const { account } = usePhone();
  const [values, setValues] = useState(empty);
  const [restored, setRestored] = useState(false);
  const touched = useRef(false);
  const writing = useRef<Promise<unknown>>(Promise.resolve());

  useEffect(() => {
    void kept<T>(account, name).then((before) => {
      // What the person has typed meanwhile is newer.
      if (before === undefined || touched.current) return;
      setValues(before);
      setRestored(true);
    });
  }, [account, name]);

  const change = useCallback(
    (part: Partial<T>) => {
      touched.current = true;
      setValues((before) => ({ ...before, ...part }));
    },
    [],
  );
  useEffect(() => {
    // One after the other, so that the last write is the last change.
    if (touched.current) writing.current = writing.current.then(() => keep(account, name, values)).catch(() => {});
  }, [account, name, values]);

  const clear = useCallback(async () => {
    touched.current = false;
    await writing.current;
    await drop(account, name);
  }, [account, name]);
  return [values, change, clear, restored];
}
