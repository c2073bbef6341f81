// The columns of duties, contacts and pairings, for statements of postgres/ only.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "libs/directory/columns.h"
#include "libs/postgres/columns.h"
#include "services/pairing/postgres/contact_store.h"
#include "services/pairing/postgres/duty_store.h"

namespace tonghu::pairing {

// The columns of the view judged_duty, or of a query with the same columns. The child's place is right as
// long as the duty is owed. `at` are the members that lead to the duty from the row that has it.
template <auto... at>
constexpr auto ColumnsOfDuty() {
  constexpr postgres::Columns kOwn{
      postgres::Field<at..., &PlacedDuty::county>("county"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::duty_id>("duty_id", postgres::kUuid),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::line_id>("line_id", postgres::kUuid),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::pairing_id>("pairing_id", postgres::kUuid),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::child_id>("child_id", postgres::kUuid),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::helper_id>("helper_id"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::paired_from>("paired_from"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::kind>("kind"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::state>("state"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::window_start>("window_start"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::window_end>("window_end"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::due_time>("due_time"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::contact_id>("contact_id", postgres::kUuid),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::reported_late>("reported_late"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::made_up>("made_up"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::missed>("missed"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::beat_excuse>("beat_excuse"),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::reopened>("reopened", postgres::kInt2),
      postgres::Field<at..., &PlacedDuty::duty, &Duty::row>("tid", postgres::kTid)};
  return kOwn + directory::PlaceColumns<at..., &PlacedDuty::place>();
}
inline constexpr auto kDuty = ColumnsOfDuty<>();

inline constexpr postgres::Columns kContact{
    postgres::Field<&ContactRow::county>("county"),
    postgres::Field<&ContactRow::contact_id>("contact_id", postgres::kUuid),
    postgres::Field<&ContactRow::child_id>("child_id", postgres::kUuid),
    postgres::Field<&ContactRow::helper_id>("helper_id"),
    postgres::Field<&ContactRow::kind>("kind"),
    postgres::Field<&ContactRow::happen_time>("happen_time"),
    postgres::Field<&ContactRow::report_time>("report_time"),
    postgres::Field<&ContactRow::note>("note"),
    postgres::Field<&ContactRow::closed_duty_ids>("closed_duty_ids"),
    postgres::Field<&ContactRow::request_id>("request_id", postgres::kUuid),
    postgres::Field<&ContactRow::mood>("mood"),
    postgres::Field<&ContactRow::concerns>("concerns", postgres::kInt2),
    postgres::Field<&ContactRow::version>("version", postgres::kInt2),
    postgres::Field<&ContactRow::withdrawn>("withdrawn"),
    postgres::Field<&ContactRow::together_with>("together_with"),
    postgres::Field<&ContactRow::group_id>("group_id", postgres::kUuid)};

inline constexpr postgres::Columns kPairing{
    postgres::Field<&PairingRow::county>("county"),
    postgres::Field<&PairingRow::pairing_id>("pairing_id", postgres::kUuid),
    postgres::Field<&PairingRow::line_id>("line_id", postgres::kUuid),
    postgres::Field<&PairingRow::child_id>("child_id", postgres::kUuid),
    postgres::Field<&PairingRow::helper_id>("helper_id"),
    postgres::Field<&PairingRow::role>("role"),
    postgres::Field<&PairingRow::basis>("basis"),
    postgres::Field<&PairingRow::owed_from>("owed_from"),
    postgres::Field<&PairingRow::start_time>("start_time"),
    postgres::Field<&PairingRow::end_time>("end_time"),
    postgres::Field<&PairingRow::end_reason>("end_reason")};

// A condition that is true of the pairings, aliased `p`, whose role looks after the child.
inline const std::string& LooksAfterSql() {
  static const std::string sql = [] {
    std::string roles;
    for (const PairingRole role : RolesThatLookAfter())
      absl::StrAppend(&roles, roles.empty() ? "" : ", ", static_cast<int>(role));
    return absl::StrCat("p.role IN (", roles, ")");
  }();
  return sql;
}

}  // namespace tonghu::pairing
