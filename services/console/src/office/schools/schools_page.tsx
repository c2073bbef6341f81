import { Input } from "antd";
import { Link } from "react-router";
import { idOf } from "../../shared/names.ts";
import { useMe } from "../../shared/session.tsx";
import { Loaded, Nothing, Page } from "../kit/page.tsx";
import { WideTable } from "../kit/pages.tsx";
import { province, useCounty, useFilters } from "../kit/place.ts";
import { useSchools } from "../kit/schools.tsx";
import { kit } from "../kit/text.ts";
import { useDivisions, usePlaceName } from "../place_name.ts";
import { CountyCalendars } from "./calendars.tsx";
import { Closures } from "./closures.tsx";
import { countyCalendars, schools as t } from "./text.ts";

export function SchoolsPage() {
  return useCounty() === province ? <Page title={countyCalendars.provinceTitle}><CountyCalendars /></Page> : <OfCounty />;
}

function OfCounty() {
  const me = useMe();
  const place = usePlaceName();
  const schools = useSchools();
  const townships = useDivisions(useCounty());
  const township = (code: string) => townships.data?.divisions.find((division) => division.code === code)?.displayName ?? code;
  const [{ find }, setFilters] = useFilters({ find: "" });
  return (
    <Page title={t.title} about={t.about(place)}>
      <div className="filters"><Input aria-label={t.find} placeholder={t.find} allowClear value={find} style={{ width: 220 }} onChange={(event) => setFilters({ find: event.target.value })} /></div>
      <Loaded query={schools}>
        {(rows) => (
          <WideTable
            size="small"
            rowKey="name"
            aria-label={t.title}
            dataSource={rows.filter(({ displayName }) => displayName.includes(find))}
            pagination={rows.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
            locale={{ emptyText: <Nothing>{t.empty}</Nothing> }}
            columns={[
              { title: t.columns.name, render: (_, row) => <Link className="strong" to={idOf(row.name)}>{row.displayName}</Link> },
              { title: t.columns.township, render: (_, row) => township(row.townshipCode) },
              { title: t.columns.id, render: (_, row) => <code>{idOf(row.name)}</code> },
            ]}
            footer={() => kit.shown(rows.length)}
          />
        )}
      </Loaded>
      {me.may("calendars.read") && <CountyCalendars />}
      {me.may("calendars.read") && me.county === "" && <p><Link to={`/${province}/schools`}>{countyCalendars.provinceTitle}</Link></p>}
      <Closures />
    </Page>
  );
}
