#include "libs/journal/operator_notice.h"

namespace tonghu::journal {

absl::Status PublishNotice(ShardTransaction& transaction, const std::string& county,
                           const OperatorNotice& notice) {
  transaction.Append(kOperatorNotice, county, kOperatorKey, notice.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace tonghu::journal
