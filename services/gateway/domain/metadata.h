// Which headers become metadata of a call, and which metadata become headers. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/gateway/domain/request.h"

namespace tonghu::gateway {

// What passes between HTTP and gRPC.
struct Passing {
  bool everything = false;            // all but what a protocol keeps for itself; for conformance runs
  std::vector<std::string> requests;  // names of headers that become metadata, in lower case
  std::vector<std::string> answers;   // names of metadata that become headers, in lower case
};

// Whether a name is HTTP's, Connect's or gRPC's own, or Tonghu's own ("tonghu-identity-bin"), so that it
// never passes in either direction, whatever else does. In lower case.
bool IsReserved(absl::string_view name);

// The metadata for a call. Values of "-bin" names are decoded; those that can't be are left out.
Headers MetadataOf(const Headers& headers, const Passing& passing);

// The headers for an answer, each with `prefix` ("trailer-") before its name. Values of "-bin" names are
// encoded; values that HTTP can't carry are left out.
Headers HeadersOf(const Headers& metadata, const Passing& passing, absl::string_view prefix);

}  // namespace tonghu::gateway
