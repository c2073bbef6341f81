#include "libs/client/import.h"

#include <string>

#include "libs/status/macros.h"

namespace tonghu::client {
namespace {

using registry::v1::ImportService;

constexpr size_t kChunk = 256 << 10;

}  // namespace

absl::StatusOr<registry::v1::ImportRosterResponse> ImportRoster(const std::shared_ptr<grpc::Channel>& channel,
                                                                registry::v1::ImportHeader header,
                                                                std::istream& csv, const Bounds& bounds) {
  csv.seekg(0, std::ios::end);
  header.set_size_bytes(csv.tellg());
  const auto stub = ImportService::NewStub(channel);
  registry::v1::ImportRosterResponse response;
  RETURN_IF_ERROR(RetryCall(bounds, [&](grpc::ClientContext& context) {
    response.Clear();
    // Each try sends the file from its beginning.
    csv.clear();
    csv.seekg(0);
    const auto writer = stub->ImportRoster(&context, &response);
    registry::v1::ImportRosterRequest request;
    *request.mutable_header() = header;
    bool open = writer->Write(request);  // false: the service has seen enough
    std::string chunk(kChunk, '\0');
    while (open && csv.read(chunk.data(), static_cast<std::streamsize>(chunk.size())).gcount() > 0) {
      request.set_chunk(chunk.substr(0, static_cast<size_t>(csv.gcount())));
      open = writer->Write(request);
    }
    writer->WritesDone();
    return writer->Finish();
  }));
  return response;
}

}  // namespace tonghu::client
