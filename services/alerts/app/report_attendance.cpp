#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/status/macros.h"
#include "services/alerts/app/absences.h"
#include "services/alerts/app/alert_unit_of_work.h"
#include "services/alerts/app/attendance.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/attendance_rows.h"

namespace tonghu::alerts {
namespace {

constexpr char kSentLate[] = "迟报：出勤已补报";
constexpr char kOnLeave[] = "缺勤均已请假";

// A batch of reports under decision.
class Mornings {
 public:
  Mornings(journal::ShardTransaction& transaction, const Context& context)
      : transaction_(transaction),
        now_(transaction.now()),
        ledger_(transaction, context),
        absences_(transaction, context, ledger_) {}

  absl::Status Load(absl::Span<const AttendanceReport> reports);
  void Decide(AttendanceReport& report);
  absl::Status Save();

 private:
  absl::Status LoadSchoolsOf(absl::Span<const AttendanceReport> reports);
  absl::Status LoadChildrenOf(absl::Span<const AttendanceReport> reports);
  // Loads what the calendars say of the reported days, of schools and of single children.
  absl::Status LoadDays(absl::Span<const AttendanceReport> reports);
  absl::Status Check(const AttendanceReport& report) const;
  absl::Status CheckAbsent(const AttendanceReport& report, const Absent& absent) const;
  absl::Status CheckDay(const std::string& county, const std::string& school_id, absl::CivilDay day,
                        const std::string& field) const;
  // Applies one absence. Gives its alert's id; empty with leave.
  std::string Apply(const std::string& county, const Absent& absent);
  void Close(const AttendanceReport& report);

  journal::ShardTransaction& transaction_;
  const absl::Time now_;
  AlertUnitOfWork ledger_;
  Absences absences_;
  directory::Places schools_;
  std::map<DayKey, DayKind> day_kinds_;
  std::map<DayKey, std::string> late_;  // by morning: the alert that attendance was not sent
  std::map<DayKey, AbsenceRow> known_;
  std::map<DayKey, Morning> sent_;
};

absl::Status Mornings::Load(absl::Span<const AttendanceReport> reports) {
  // Days come last, since the calendar of a child's day is that of the child's school.
  absl::Status loaded = LoadSchoolsOf(reports);
  if (loaded.ok()) loaded = LoadChildrenOf(reports);
  return loaded.ok() ? LoadDays(reports) : loaded;
}

// Loads the schools that report, and the alerts that attendance was not sent on the reported mornings.
absl::Status Mornings::LoadSchoolsOf(absl::Span<const AttendanceReport> reports) {
  std::vector<Key> schools, alerts;
  std::vector<DayKey> mornings;
  for (const AttendanceReport& report : reports) {
    if (report.school_id.empty()) continue;
    schools.emplace_back(report.county, report.school_id);
    mornings.push_back({report.county, report.school_id, report.day});
  }
  if (schools.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto known, directory::LoadSchools(transaction_.db(), schools));
  schools_ = std::move(known);
  ASSIGN_OR_RETURN(auto awaited, LoadMornings(transaction_.db(), mornings));
  for (const Morning& morning : awaited) {
    if (morning.alert_id.empty()) continue;
    alerts.emplace_back(morning.county, morning.alert_id);
    late_.insert_or_assign(morning.key(), morning.alert_id);
  }
  return ledger_.Load(alerts);
}

// Loads the children, their unresolved absence alerts, and what is recorded of the reported mornings.
absl::Status Mornings::LoadChildrenOf(absl::Span<const AttendanceReport> reports) {
  std::vector<Key> children;
  std::vector<DayKey> mornings;
  for (const AttendanceReport& report : reports) {
    for (const Absent& absent : report.absent) {
      children.emplace_back(report.county, absent.child_id);
      mornings.push_back({report.county, absent.child_id, absent.day});
    }
  }
  if (children.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(absences_.Load(children));
  ASSIGN_OR_RETURN(auto known, LoadAbsences(transaction_.db(), mornings));
  for (const AbsenceRow& row : known) known_.insert_or_assign(row.key(), row);
  return absl::OkStatus();
}

absl::Status Mornings::LoadDays(absl::Span<const AttendanceReport> reports) {
  std::vector<DayKey> days;
  for (const AttendanceReport& report : reports) {
    if (!report.school_id.empty()) {
      days.push_back({report.county, report.school_id, report.day});
      continue;
    }
    for (const Absent& absent : report.absent) {
      // A child without a place has no school whose calendar counts; CheckAbsent refuses the report.
      if (const Place* place = absences_.FindPlace(report.county, absent.child_id))
        days.push_back({report.county, place->school_id, absent.day});
    }
  }
  auto kinds = LoadDayKinds(transaction_.db(), days);
  if (kinds.ok()) day_kinds_ = *std::move(kinds);
  return kinds.status();
}

// Checks that attendance may be reported of the day. Errors: refusals.
absl::Status Mornings::CheckDay(const std::string& county, const std::string& school_id, absl::CivilDay day,
                                const std::string& field) const {
  RETURN_IF_ERROR(CheckDate(day, field, now_));
  const auto kind = day_kinds_.find({county, school_id, day});
  return CheckSchoolDay(kind == day_kinds_.end() ? DayKind::kUnknown : kind->second, field);
}

absl::Status Mornings::CheckAbsent(const AttendanceReport& report, const Absent& absent) const {
  const std::string field = absl::StrCat(absent.field, ".child");
  const Place* place = absences_.FindPlace(report.county, absent.child_id);
  if (place == nullptr) return UnknownChild(field);
  // The day of a school's report is checked once (Check), the day of a single child here.
  if (!report.school_id.empty()) return CheckSchool(*place, report.school_id, field);
  return CheckDay(report.county, place->school_id, absent.day, absl::StrCat(absent.field, ".date"));
}

// Checks a report as a whole. Errors: refusals.
absl::Status Mornings::Check(const AttendanceReport& report) const {
  if (!report.school_id.empty()) {
    if (!schools_.contains(Key(report.county, report.school_id))) return UnknownSchool("school");
    RETURN_IF_ERROR(CheckDay(report.county, report.school_id, report.day, "date"));
  }
  for (const Absent& absent : report.absent) {
    RETURN_IF_ERROR(CheckAbsent(report, absent));
  }
  return absl::OkStatus();
}

void Mornings::Decide(AttendanceReport& report) {
  // A report is taken or refused as a whole: nothing of a refused one is recorded.
  if (absl::Status checked = Check(report); !checked.ok()) {
    report.alert_ids = checked;
    return;
  }
  std::vector<std::string> alert_ids;
  for (const Absent& absent : report.absent) {
    std::string id = Apply(report.county, absent);
    // Several mornings of a report can belong to one alert.
    if (!id.empty() && std::find(alert_ids.begin(), alert_ids.end(), id) == alert_ids.end())
      alert_ids.push_back(std::move(id));
  }
  if (!report.school_id.empty()) Close(report);
  report.alert_ids = std::move(alert_ids);
}

// Notes that the morning's attendance was sent; an alert that it was not is settled.
void Mornings::Close(const AttendanceReport& report) {
  const DayKey key{report.county, report.school_id, report.day};
  sent_.insert_or_assign(key, Morning{report.county, report.school_id, report.day, ""});
  const auto late = late_.find(key);
  if (late == late_.end()) return;
  if (Alert* alert = ledger_.Find({report.county, late->second})) ResolveByFact(*alert, kSentLate, now_);
}

// Leave stays, whatever was or is reported besides: so the end does not depend on the order of reports
// (docs/adr/2026-11-25-attendance-facts-have-no-order.md).
std::string Mornings::Apply(const std::string& county, const Absent& absent) {
  const DayKey key{county, absent.child_id, absent.day};
  const auto found = known_.find(key);
  // The same morning again changes nothing, unless it now brings leave.
  if (found != known_.end() && (found->second.with_leave || !absent.with_leave))
    return found->second.with_leave ? "" : found->second.alert_id;
  // The child's place is known, as CheckAbsent refuses a child without one.
  AbsenceRow row = found != known_.end()
                       ? found->second
                       : AbsenceRow{.county = county,
                                    .child_id = absent.child_id,
                                    .day = absent.day,
                                    .school_id = absences_.FindPlace(county, absent.child_id)->school_id};
  row.with_leave = absent.with_leave;
  row.report_time = now_;
  if (!absent.with_leave) {
    absences_.Count(row);
  } else if (!row.alert_id.empty() && !row.school_closed) {
    // Not where school was closed, as the calendar has taken the morning off already.
    absences_.Excuse(row, kOnLeave);
  }
  // Later reports of the batch see this one.
  known_.insert_or_assign(key, row);
  absences_.Put(row);
  return row.with_leave ? "" : row.alert_id;
}

absl::Status Mornings::Save() {
  RETURN_IF_ERROR(absences_.Save());
  std::vector<Morning> sent;
  for (auto& [key, morning] : sent_) sent.push_back(std::move(morning));
  absl::Status stored = StoreSent(transaction_.db(), transaction_.shard(), sent);
  return stored.ok() ? ledger_.Save() : stored;
}

}  // namespace

absl::Status ReportAttendance(journal::ShardTransaction& transaction, const Context& context,
                              absl::Span<AttendanceReport> reports) {
  Mornings mornings(transaction, context);
  RETURN_IF_ERROR(mornings.Load(reports));
  for (AttendanceReport& report : reports) mornings.Decide(report);
  return mornings.Save();
}

}  // namespace tonghu::alerts
