// One school: its calendar, when it is closed, and its attendance.

import { Button } from "antd";
import { useParams } from "react-router";
import { resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { useBack } from "../kit/back.ts";
import { useNames } from "../kit/names.tsx";
import { Page } from "../kit/page.tsx";
import { useCounty } from "../kit/place.ts";
import { kit } from "../kit/text.ts";
import { Attendance } from "./attendance.tsx";
import { Calendars } from "./calendars.tsx";
import { Closures } from "./closures.tsx";

export function SchoolPage() {
  const county = useCounty();
  const me = useMe();
  const back = useBack(`/${county}/schools`);
  const school = resource(county, "schools", useParams().id ?? "");
  const names = useNames([school]);
  return (
    <Page title={names(school)} actions={<Button onClick={back}>{kit.back}</Button>}>
      {me.may("attendances.submit") && <Attendance school={school} />}
      <Calendars school={school} />
      <Closures school={school} />
    </Page>
  );
}
