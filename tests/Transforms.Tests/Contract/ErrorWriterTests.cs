using System.Buffers;
using System.Text;
using BfProxy.Transforms.Contract;

namespace BfProxy.Transforms.Tests.Contract;

public sealed class ErrorWriterTests
{
    private static readonly BfError Refusal = new()
    {
        Status = 401,
        Message = "The provider did not accept the key.",
        ProviderMessage = "Incorrect API key provided: sk-abc***xyz. 日本 \"quoted\"",
        Provider = "openai",
        ProviderStatus = 401,
        ProviderType = "invalid_request_error",
        ProviderCode = "invalid_api_key",
        Kind = BfErrorKind.Authentication,
    };

    [Fact]
    public void A_refusal_has_BetterForms_shape_and_Feathers_at_once()
    {
        var output = new ArrayBufferWriter<byte>();

        BfErrorWriter.Write(output, Refusal, "myAction");

        Requests.AssertJson(
            """
            {"name":"NotAuthenticated","message":"The provider did not accept the key.","code":401,"className":"not-authenticated","data":{},
             "success":false,"actionName":"myAction","error":{"message":"The provider did not accept the key.","code":401,
             "details":"Incorrect API key provided: sk-***. 日本 \"quoted\"",
             "info":{"provider":"openai","status":401,"type":"invalid_request_error","error":"invalid_api_key"}}}
            """,
            output.WrittenMemory);
        Assert.Contains("日本", Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Our_own_refusal_names_no_provider_and_no_action()
    {
        var output = new ArrayBufferWriter<byte>();

        BfErrorWriter.Write(output, new RequestFault(400, "payload.model", "payload.model: no.").ToError(), actionName: null);

        Requests.AssertJson(
            """
            {"name":"BadRequest","message":"payload.model: no.","code":400,"className":"bad-request","data":{},"success":false,
             "error":{"message":"payload.model: no.","code":400,"details":"payload.model: no.",
             "info":{"provider":null,"status":null,"type":null,"error":null}}}
            """,
            output.WrittenMemory);
    }

    [Theory]
    [InlineData(400, "BadRequest", "bad-request")]
    [InlineData(401, "NotAuthenticated", "not-authenticated")]
    [InlineData(403, "Forbidden", "forbidden")]
    [InlineData(404, "NotFound", "not-found")]
    [InlineData(405, "MethodNotAllowed", "method-not-allowed")]
    [InlineData(408, "Timeout", "timeout")]
    [InlineData(409, "Conflict", "conflict")]
    [InlineData(413, "PayloadTooLarge", "payload-too-large")]
    [InlineData(415, "UnsupportedMediaType", "unsupported-media-type")]
    [InlineData(418, "BadRequest", "bad-request")]
    [InlineData(422, "Unprocessable", "unprocessable")]
    [InlineData(429, "TooManyRequests", "too-many-requests")]
    [InlineData(500, "GeneralError", "general-error")]
    [InlineData(501, "NotImplemented", "not-implemented")]
    [InlineData(502, "BadGateway", "bad-gateway")]
    [InlineData(503, "Unavailable", "unavailable")]
    [InlineData(504, "GatewayTimeout", "gateway-timeout")]
    [InlineData(599, "GeneralError", "general-error")]
    public void Statuses_have_Feathers_names(int status, string name, string className) =>
        Assert.Equal(new ErrorName(name, className), ErrorCatalog.Find(status));

    [Theory]
    [InlineData("key sk-proj-AbC_123-xyz is wrong", "key sk-*** is wrong")]
    [InlineData("sk-ant-api03-AAAA", "sk-***")]
    [InlineData("AIzaSyA-1234567890abcdef_x!", "AIza***!")]
    [InlineData("Authorization: Bearer abc.def.ghi failed", "Authorization: Bearer *** failed")]
    [InlineData("organization org-AbCdEf123 on gpt-4o", "organization org-*** on gpt-4o")]
    [InlineData("project proj_AbC123.", "project proj_***.")]
    [InlineData("Incorrect API key provided: sk-12345********abcd. See", "Incorrect API key provided: sk-***. See")]
    [InlineData("Consumer 'project_number:123456' is suspended", "Consumer 'project_number:***' is suspended")]
    [InlineData("token eyJhbGciOi.eyJzdWIi.sig_x is old", "token eyJ*** is old")]
    [InlineData("key BFAPI_1234-abcd", "key BFAPI_***")]
    [InlineData("{\"k\":\"sk-abc123\"}", "{\"k\":\"sk-***\"}")]
    [InlineData("the task-force asked for disk-space; no risk-free model", "the task-force asked for disk-space; no risk-free model")]
    [InlineData("The model `x` does not exist", "The model `x` does not exist")]
    [InlineData("", "")]
    public void Anything_like_a_key_is_masked(string words, string expected) => Assert.Equal(expected, ProviderWords.Mask(words));

    [Fact]
    public void Words_without_end_are_cut()
    {
        Assert.Equal(4096, ProviderWords.Mask(new string('x', 100_000)).Length);
        Assert.DoesNotContain("AIzaSecret", ProviderWords.Mask(new string(' ', 4080) + "AIzaSecretKeyThatIsLong"), StringComparison.Ordinal);
    }
}
