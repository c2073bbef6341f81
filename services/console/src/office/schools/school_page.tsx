// One school: its calendar, and its attendance.

import { Button } from "antd";
import { useNavigate, useParams } from "react-router";
import { resource } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { useNames } from "../kit/names.tsx";
import { Page } from "../kit/page.tsx";
import { useCounty } from "../kit/place.ts";
import { Attendance } from "./attendance.tsx";
import { Calendars } from "./calendars.tsx";
import { schools as t } from "./text.ts";

export function SchoolPage() {
  const county = useCounty();
  const me = useMe();
  const navigate = useNavigate();
  const school = resource(county, "schools", useParams().id ?? "");
  const names = useNames([school]);
  return (
    <Page title={names(school)} actions={<Button onClick={() => navigate(`/${county}/schools`)}>{t.back}</Button>}>
      {me.may("attendances.submit") && <Attendance school={school} />}
      <Calendars school={school} />
    </Page>
  );
}
