#include "services/registry/app/commands.h"
#include "services/registry/app/messages.h"
#include "services/registry/app/put_directory.h"

namespace tonghu::registry {

absl::Status PutStaffMember(journal::ShardTransaction& transaction, PutStaffMemberLane::Slots slots) {
  std::vector<StaffMember> valid;
  for (const auto& slot : slots) {
    const StaffMember member = StaffMemberOf(slot.request->staff_member(), *slot.county);
    Faults faults;
    CheckStaffMember(member, faults);
    if (faults.empty()) {
      *slot.reply = MessageOf(member);
      valid.push_back(member);
    } else {
      *slot.reply = Refuse(faults, "staff_member.");
    }
  }
  return PutStaff(transaction, valid).status();
}

}  // namespace tonghu::registry
