// Notices to the operators of the platform; services/alerts makes alerts of them.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "libs/journal/shard_transaction.h"
#include "tonghu/journal/v1/operator_notice.pb.h"

namespace tonghu::journal {

using OperatorNotice = tonghu::journal::v1::OperatorNotice;

inline constexpr char kOperatorNotice[] = "operator_notice";  // the event's type
inline constexpr char kOperatorKey[] = "operator";  // the key of events about the platform, not about a child
inline constexpr char kNoCounty[] = "000000";       // for what concerns no county; GB/T 2260 has no such code

// Publishes a notice about a county, in the transaction of what happened.
using Notify = std::function<absl::Status(ShardTransaction& transaction, const std::string& county,
                                          const OperatorNotice& notice)>;

// The usual Notify: appends an event to the service's own journal, which alerts consumes.
absl::Status PublishNotice(ShardTransaction& transaction, const std::string& county,
                           const OperatorNotice& notice);

}  // namespace tonghu::journal
