// Sends rosters to the registry.
#pragma once

#include <istream>
#include <memory>

#include "absl/status/statusor.h"
#include "libs/client/retry.h"
#include "tonghu/registry/v1/import_service.grpc.pb.h"

namespace tonghu::client {

// Sends the whole of `csv`, which can be read again from its beginning, as `header` says; the header's size
// is filled in. `channel` leads to the registry. Rows in error are in the answer, and with any nothing was
// stored. Errors: the call's.
absl::StatusOr<registry::v1::ImportRosterResponse> ImportRoster(const std::shared_ptr<grpc::Channel>& channel,
                                                                registry::v1::ImportHeader header,
                                                                std::istream& csv, const Bounds& bounds);

}  // namespace tonghu::client
