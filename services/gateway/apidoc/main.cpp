// tonghu-apidoc: writes the API's documents from a descriptor set with source information.
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "services/gateway/apidoc/documents.h"

int main(int argc, char** argv) {
  using namespace tonghu::apidoc;
  google::protobuf::FileDescriptorSet set;
  std::ifstream file(argc == 3 ? argv[1] : "", std::ios::binary);
  if (argc != 3 || !set.ParseFromIstream(&file)) {
    std::fprintf(stderr, "usage: %s DESCRIPTOR_SET FOLDER\n", argv[0]);
    return 2;
  }
  google::protobuf::DescriptorPool pool;
  Files files;
  for (const auto& proto : set.file()) {
    const auto* built = pool.BuildFile(proto);
    if (built == nullptr) return 1;
    if (absl::StartsWith(built->package(), "tonghu.")) files.push_back(built);
  }
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  const Json open_api = OpenApi(files);
  const Json async_api = AsyncApi(files);
  std::ofstream(folder / "openapi.json") << open_api.dump(1) << "\n";
  std::ofstream(folder / "asyncapi.json") << async_api.dump(1) << "\n";
  std::ofstream page(folder / "index.html");
  page << Page(open_api, async_api);
  return page ? 0 : 1;
}
