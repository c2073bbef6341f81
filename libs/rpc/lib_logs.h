// gRPC's and protobuf's own messages go through our logger.
#pragma once

namespace tonghu::rpc {

// For the whole process; harmless when called again. Both libraries otherwise write to standard error in
// forms of their own.
void RouteLibraryLogs();

}  // namespace tonghu::rpc
