#include "services/alerts/app/report_attendance.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/ids/ids.h"
#include "services/alerts/app/await_attendance.h"
#include "services/alerts/app/ledger.h"
#include "services/alerts/app/people.h"
#include "services/alerts/app/refusals.h"
#include "services/alerts/domain/attendance.h"
#include "services/alerts/domain/lifecycle.h"
#include "services/alerts/postgres/attendance_rows.h"

namespace tonghu::alerts {
namespace {

constexpr char kSentLate[] = "迟报：出勤已补报";

// One batch of reports under decision.
class Mornings {
 public:
  Mornings(journal::ShardTransaction& transaction, const Office& office)
      : transaction_(transaction), now_(transaction.now()), ledger_(transaction, office) {}

  absl::Status Load(absl::Span<const AttendanceReport> reports);
  void Decide(AttendanceReport& report);
  absl::Status Save();

 private:
  absl::Status Check(const AttendanceReport& report) const;
  absl::Status CheckAbsent(const AttendanceReport& report, const Absent& absent) const;
  absl::Status LoadPeople();
  absl::Status LoadAlertsOf(const KeyColumns& children);
  // The alert's id; empty with leave.
  std::string Apply(const Child& child, const Absent& absent);
  Alert& RaiseOrRepeat(const Child& child, absl::CivilDay day);

  journal::ShardTransaction& transaction_;
  const absl::Time now_;
  Ledger ledger_;
  ByKey<Child> children_;
  ByKey<Place> schools_;
  People people_;
  std::map<AbsenceKey, AbsenceRow> absences_;
  ByKey<Alert*> open_;  // a child's unresolved absence alert
  std::map<AbsenceKey, AbsenceRow> new_absences_;
  std::map<AbsenceKey, Morning> sent_;  // by county, school, day
};

absl::Status Mornings::Load(absl::Span<const AttendanceReport> reports) {
  KeyColumns children, schools, late;
  std::vector<absl::CivilDay> days;
  for (const AttendanceReport& report : reports) {
    for (const Absent& absent : report.absent) {
      children.Add(report.county, absent.child_id);
      days.push_back(absent.day);
    }
    if (report.school_id.empty()) continue;
    schools.Add(report.county, report.school_id);
    late.Add(report.county, AttendanceAlertId(report.county, report.school_id, report.day));
  }
  auto known_children = LoadChildren(transaction_.db(), children);
  if (!known_children.ok()) return known_children.status();
  children_ = *std::move(known_children);
  auto known_schools = LoadSchools(transaction_.db(), schools);
  if (!known_schools.ok()) return known_schools.status();
  schools_ = *std::move(known_schools);
  auto absences = LoadAbsences(transaction_.db(), children, days);
  if (!absences.ok()) return absences.status();
  for (AbsenceRow& row : *absences)
    absences_.insert_or_assign(AbsenceKey(row.county, row.child_id, row.day), row);
  if (absl::Status loaded = ledger_.Load(late); !loaded.ok()) return loaded;
  if (absl::Status loaded = LoadAlertsOf(children); !loaded.ok()) return loaded;
  return LoadPeople();
}

absl::Status Mornings::LoadAlertsOf(const KeyColumns& children) {
  auto open = LoadOpenAbsenceAlerts(transaction_.db(), children);
  if (!open.ok()) return open.status();
  for (Alert& alert : *open) {
    Key child(alert.county, alert.child_id);
    open_[std::move(child)] = &ledger_.Take(std::move(alert));
  }
  return absl::OkStatus();
}

absl::Status Mornings::LoadPeople() {
  PeopleNeeded needed;
  for (const auto& [key, child] : children_) needed.Add(child.county, child.place, "");
  auto people = needed.Load(transaction_.db());
  if (people.ok()) people_ = *std::move(people);
  return people.status();
}

absl::Status Mornings::CheckAbsent(const AttendanceReport& report, const Absent& absent) const {
  if (report.school_id.empty()) {
    if (absl::Status date = CheckDate(absent.day, absl::StrCat(absent.field, ".date"), now_); !date.ok())
      return date;
  }
  const std::string field = absl::StrCat(absent.field, ".child");
  const auto child = children_.find(Key(report.county, absent.child_id));
  if (child == children_.end()) return UnknownChild(field);
  return report.school_id.empty() ? absl::OkStatus() : CheckSchool(child->second, report.school_id, field);
}

absl::Status Mornings::Check(const AttendanceReport& report) const {
  if (!report.school_id.empty()) {
    if (absl::Status date = CheckDate(report.day, "date", now_); !date.ok()) return date;
    if (!schools_.contains(Key(report.county, report.school_id))) return UnknownSchool("school");
  }
  for (const Absent& absent : report.absent) {
    if (absl::Status checked = CheckAbsent(report, absent); !checked.ok()) return checked;
  }
  return absl::OkStatus();
}

void Mornings::Decide(AttendanceReport& report) {
  if (absl::Status checked = Check(report); !checked.ok()) {
    report.alert_ids = checked;
    return;
  }
  std::vector<std::string> alert_ids;
  for (const Absent& absent : report.absent) {
    std::string id = Apply(children_.at(Key(report.county, absent.child_id)), absent);
    if (!id.empty() && std::find(alert_ids.begin(), alert_ids.end(), id) == alert_ids.end())
      alert_ids.push_back(std::move(id));
  }
  if (!report.school_id.empty()) {
    sent_.insert_or_assign({report.county, report.school_id, report.day},
                           Morning{report.county, report.school_id, report.day});
    Alert* late = ledger_.Find(report.county, AttendanceAlertId(report.county, report.school_id, report.day));
    if (late != nullptr) ResolveByFact(*late, kSentLate, now_);
  }
  report.alert_ids = std::move(alert_ids);
}

std::string Mornings::Apply(const Child& child, const Absent& absent) {
  const AbsenceKey key(child.county, child.id, absent.day);
  const auto known = absences_.find(key);
  // What was reported without leave stays: an alert is settled by a person.
  if (known != absences_.end() && (!known->second.with_leave || absent.with_leave))
    return known->second.alert_id;
  AbsenceRow row{child.county, child.id, absent.day, absent.with_leave, "", false, now_};
  if (!absent.with_leave) row.alert_id = RaiseOrRepeat(child, absent.day).id;
  absences_.insert_or_assign(key, row);
  new_absences_.insert_or_assign(key, row);
  return row.alert_id;
}

Alert& Mornings::RaiseOrRepeat(const Child& child, absl::CivilDay day) {
  Alert*& open = open_[Key(child.county, child.id)];
  if (open != nullptr) {
    Repeat(*open, now_);
    return *open;
  }
  open = &ledger_.Add({.county = child.county,
                       .id = ids::Derived(absl::StrCat("absence/", child.county, "/", child.id, "/",
                                                       absl::FormatCivilTime(day))),
                       .kind = Kind::kAbsence,
                       .child_id = child.id,
                       .place = child.place});
  Raise(*open, people_.policies.InForce(child.county, Kind::kAbsence), people_.In(child.county), now_);
  return *open;
}

absl::Status Mornings::Save() {
  std::vector<AbsenceRow> rows;
  for (auto& [key, row] : new_absences_) rows.push_back(std::move(row));
  if (!rows.empty()) {
    if (absl::Status stored = StoreAbsences(transaction_.db(), rows); !stored.ok()) return stored;
  }
  std::vector<Morning> sent;
  for (auto& [key, morning] : sent_) sent.push_back(std::move(morning));
  if (!sent.empty()) {
    if (absl::Status stored = StoreSent(transaction_.db(), transaction_.shard(), sent); !stored.ok())
      return stored;
  }
  return ledger_.Save();
}

}  // namespace

absl::Status ReportAttendance(journal::ShardTransaction& transaction, const Office& office,
                              absl::Span<AttendanceReport> reports) {
  Mornings mornings(transaction, office);
  if (absl::Status loaded = mornings.Load(reports); !loaded.ok()) return loaded;
  for (AttendanceReport& report : reports) mornings.Decide(report);
  return mornings.Save();
}

}  // namespace tonghu::alerts
