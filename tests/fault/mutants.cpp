#include "tests/fault/mutants.h"

#include <fmt/core.h>

namespace tonghu::fault {
namespace {

// The county's child whose id sorts last, from the service's own table.
constexpr char kLastChild[] =
    "(SELECT child_id FROM child c WHERE c.county = NEW.county ORDER BY child_id DESC LIMIT 1)";

}  // namespace

const std::vector<Mutant>& Mutants() {
  static const std::vector<Mutant> kMutants = {
      // Those with which the tests once passed.
      {"a child's talks are not owed", "pairing", "duty", "BEFORE INSERT",
       fmt::format("NEW.child_id = {}", kLastChild), "RETURN NULL;"},
      {"contacts stored under another child", "pairing", "contact", "BEFORE INSERT", "",
       fmt::format("NEW.child_id := {};", kLastChild)},
      {"alerts name another child", "alerts", "alert", "BEFORE INSERT", "NEW.child_id IS NOT NULL",
       fmt::format("NEW.child_id := {};", kLastChild)},
      {"nobody gets a message", "alerts", "notification", "BEFORE INSERT", "", "RETURN NULL;"},
      // Talks.
      {"a duty is due a day later", "pairing", "duty", "BEFORE INSERT", "",
       "NEW.due_time := NEW.due_time + interval '1 day';"},
      {"a week of the calendar is lost", "pairing", "duty", "BEFORE INSERT",
       "NEW.window_start = '2026-09-14T00:00:00+08:00'", "RETURN NULL;"},
      {"a contact is dated a day earlier", "pairing", "contact", "BEFORE INSERT", "",
       "NEW.happen_time := NEW.happen_time - interval '1 day';"},
      {"late paperwork counts as in time", "pairing", "duty", "BEFORE UPDATE", "NEW.reported_late",
       "NEW.reported_late := false;"},
      {"a talk closes nothing", "pairing", "duty", "BEFORE UPDATE", "NEW.outcome = 2", "RETURN OLD;"},
      {"excused where it was missed", "pairing", "judged", "AFTER INSERT OR UPDATE", "true",
       "UPDATE duty d SET outcome = 4 WHERE d.county = '{county}' AND d.outcome = 0 AND d.due_time <= "
       "NEW.due_time;"},
      {"a hand-over leaves the duties behind", "pairing", "duty", "BEFORE UPDATE",
       "NEW.pairing_id <> OLD.pairing_id", "RETURN OLD;"},
      {"a pairing's end is forgotten", "pairing", "pairing", "BEFORE UPDATE", "NEW.end_reason <> 0",
       "NEW.end_time := NULL; NEW.end_reason := 0;"},
      {"the next term's calendar erases this one", "pairing", "school_calendar", "AFTER INSERT",
       "NEW.term = '2027-spring'",
       "DELETE FROM school_calendar s WHERE s.county = NEW.county AND s.school_id = NEW.school_id AND s.term "
       "<> NEW.term;"},
      // Alerts.
      {"a step of the ladder is skipped", "alerts", "alert", "BEFORE UPDATE", "NEW.next_step = 2",
       "NEW.next_step := 3;"},
      {"the next step comes a minute late", "alerts", "alert", "BEFORE INSERT",
       "NEW.next_step_time IS NOT NULL", "NEW.next_step_time := NEW.next_step_time + interval '1 minute';"},
      {"an alert's window ends a day late", "alerts", "alert", "BEFORE INSERT", "NEW.kind = 1",
       "NEW.last_day := NEW.last_day + 1;"},
      {"an answer is lost", "alerts", "alert", "BEFORE UPDATE", "NEW.state = 2", "RETURN OLD;"},
      {"a resolution is lost", "alerts", "alert", "BEFORE UPDATE", "NEW.state = 3", "RETURN OLD;"},
      {"another morning absent is not counted", "alerts", "alert", "BEFORE UPDATE",
       "NEW.occurrences > OLD.occurrences", "NEW.occurrences := OLD.occurrences;"},
      {"the message goes to somebody else", "alerts", "notification", "BEFORE INSERT", "",
       "NEW.staff_id := '52000000001';"},
      {"an emergency is told to nobody", "alerts", "notification", "BEFORE INSERT", "NEW.kind = 4",
       "RETURN NULL;"},
      {"the child's class is stale", "alerts", "child", "BEFORE UPDATE", "", "RETURN OLD;"},
      {"a vacant post keeps its holder", "alerts", "post", "BEFORE UPDATE", "NEW.holder_id = ''",
       "NEW.holder_id := OLD.holder_id;"},
      {"a morning's attendance is not awaited", "alerts", "attendance_due", "BEFORE INSERT", "NEW.state = 1",
       "RETURN NULL;"},
      // Figures.
      {"contacts are counted twice", "reporting", "weekly_count", "BEFORE INSERT", "",
       "NEW.contacts := 2 * NEW.contacts;"},
      {"missed talks count in another township", "reporting", "weekly_count", "BEFORE INSERT",
       "NEW.missed > 0", "NEW.township_code := '{county}999';"},
  };
  return kMutants;
}

absl::Status Plant(Province& province, const Mutant& mutant, const std::string& county) {
  // `judged` is a shard's, not a county's.
  const std::string in_county = mutant.table == "judged" ? "true" : fmt::format("NEW.county = '{}'", county);
  std::string change = mutant.change;
  if (const size_t at = change.find("{county}"); at != std::string::npos) change.replace(at, 8, county);
  return province.Script(
      mutant.service,
      fmt::format("CREATE FUNCTION mutant_{0}() RETURNS trigger LANGUAGE plpgsql AS $mutant$ BEGIN "
                  "IF {1} AND {2} THEN {3} END IF; RETURN NEW; END $mutant$; "
                  "CREATE TRIGGER mutant_{0} {4} ON {5} FOR EACH ROW EXECUTE FUNCTION mutant_{0}()",
                  county, in_county, mutant.condition.empty() ? "true" : mutant.condition, change,
                  mutant.when, mutant.table));
}

}  // namespace tonghu::fault
