#include "libs/journal/operator_notice.h"

namespace tonghu::journal {

absl::Status PublishNotice(ShardTransaction& transaction, const std::string& county,
                           const OperatorNotice& notice) {
  // All notices of a county have one key, so that whoever consumes them does so in order (I3).
  transaction.Append(kOperatorNotice, county, kOperatorKey, notice.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace tonghu::journal
