#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {

absl::Status PutSchool(journal::ShardTransaction& transaction, PutSchoolLane::Slots slots) {
  std::vector<School> valid;
  for (const auto& slot : slots) {
    const School school = SchoolOf(slot.request->school(), *slot.county);
    Faults faults;
    CheckSchool(school, faults);
    if (faults.empty()) {
      *slot.reply = MessageOf(school);
      valid.push_back(school);
    } else {
      *slot.reply = Refuse(faults, "school.");
    }
  }
  return PutSchools(transaction, valid).status();
}

}  // namespace tonghu::registry
