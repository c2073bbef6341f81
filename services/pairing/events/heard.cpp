#include "services/pairing/events/heard.h"

#include "absl/strings/str_cat.h"
#include "services/pairing/postgres/duty_store.h"
#include "services/pairing/postgres/pairing_store.h"
#include "tonghu/registry/events/v1/registry_events.pb.h"

namespace tonghu::pairing {
namespace {

namespace heard = tonghu::registry::events::v1;

absl::Status Unreadable(const journal::Event& event) {
  return absl::InvalidArgumentError(absl::StrCat("the payload of ", event.type(), " can't be read"));
}

absl::Status PutAndReplan(journal::ShardTransaction& transaction, const ChildRows& rows) {
  auto moved = MovedSchool(transaction.db(), rows);
  if (!moved.ok()) return moved.status();
  if (absl::Status put = PutChildren(transaction.db(), rows); !put.ok()) return put;
  std::vector<std::string> counties, children;
  for (int64_t i : *moved) {
    counties.push_back(rows.counties[i]);
    children.push_back(rows.ids[i]);
  }
  return ReplanChildren(transaction.db(), counties, children, transaction.now());
}

}  // namespace

absl::Status Hear(journal::ShardTransaction& transaction, absl::Span<const journal::Event* const> events) {
  ChildRows children;
  std::vector<std::string> staff_counties, staff, school_counties, schools;
  for (const journal::Event* event : events) {
    if (event->type() == "child_put") {
      heard::ChildPut put;
      if (!put.ParseFromString(event->payload())) return Unreadable(*event);
      children.counties.push_back(event->county());
      children.ids.push_back(put.child_id());
      children.schools.push_back(put.school_id());
      children.townships.push_back(put.township_code());
      children.grades.push_back(put.grade());
      children.classes.push_back(put.class_number());
    } else if (event->type() == "staff_put") {
      heard::StaffPut put;
      if (!put.ParseFromString(event->payload())) return Unreadable(*event);
      staff_counties.push_back(event->county());
      staff.push_back(put.staff_id());
    } else if (event->type() == "school_put") {
      heard::SchoolPut put;
      if (!put.ParseFromString(event->payload())) return Unreadable(*event);
      school_counties.push_back(event->county());
      schools.push_back(put.school_id());
    }
  }
  if (absl::Status put = PutStaff(transaction.db(), staff_counties, staff); !put.ok()) return put;
  if (absl::Status put = PutSchools(transaction.db(), school_counties, schools); !put.ok()) return put;
  return PutAndReplan(transaction, children);
}

}  // namespace tonghu::pairing
