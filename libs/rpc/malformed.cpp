#include "libs/rpc/malformed.h"

#include "libs/refusal/refusal.h"
#include "libs/rpc/errors.h"

namespace tonghu::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ServerRpcInfo;

class Interceptor final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_MESSAGE)) {
      malformed_ = methods->GetRecvMessage() == nullptr;
    }
    if (malformed_ && methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      methods->ModifySendStatus(ToGrpc(refusal::Invalid(
          "REQUEST_MALFORMED", "",
          "the request can't be parsed: not this method's message, or a string in it is not UTF-8",
          "请求无法解析：格式不符或含有非 UTF-8 编码的文字，请检查客户端程序或更换输入后重试。")));
    }
    methods->Proceed();
  }

 private:
  bool malformed_ = false;
};

}  // namespace

grpc::experimental::Interceptor* MalformedRequests::CreateServerInterceptor(ServerRpcInfo* info) {
  const bool one_request =
      info->type() == ServerRpcInfo::Type::UNARY || info->type() == ServerRpcInfo::Type::SERVER_STREAMING;
  return one_request ? new Interceptor : nullptr;  // gRPC owns it
}

}  // namespace tonghu::rpc
