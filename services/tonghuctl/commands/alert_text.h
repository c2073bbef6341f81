// How alerts are shown.
#pragma once

#include <string>

#include "tonghu/alerts/v1/alert.pb.h"

namespace tonghu::tonghuctl {

// A table of what happened, in order.
std::string EntriesText(const google::protobuf::RepeatedPtrField<alerts::v1::AlertEntry>& entries);

// One alert with its entries.
std::string AlertCard(const alerts::v1::Alert& alert);

}  // namespace tonghu::tonghuctl
