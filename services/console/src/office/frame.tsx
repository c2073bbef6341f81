import { Button } from "antd";
import { useMe, useSessionStatus } from "../shared/session.tsx";
import { text } from "../shared/text.ts";

export function Frame() {
  const { signOut } = useSessionStatus();
  const me = useMe();
  return (
    <main>
      {me.session.displayName}
      <Button onClick={() => void signOut()}>{text.signOut}</Button>
    </main>
  );
}
