// Bounds that both ends of a connection share.
#pragma once

namespace tonghu::rpc {

// Of a call's metadata, in bytes as gRPC counts them (8 KiB by default). The longest is an identity: 64 KiB
// (libs/principal), of a helper with some 1,600 children.
inline constexpr int kMostMetadataBytes = 128 << 10;

}  // namespace tonghu::rpc
