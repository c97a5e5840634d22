using System.Text;
using BfProxy.Transforms.Contract;
using BfProxy.Transforms.Dialects;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class ProviderErrorTests
{
    [Theory]
    [InlineData(400, """{"error":{"message":"no","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}""", 400, BfErrorKind.BadRequest)]
    [InlineData(422, """{"detail":"no"}""", 400, BfErrorKind.BadRequest)]
    [InlineData(413, """{"error":{"message":"no"}}""", 413, BfErrorKind.BadRequest)]
    [InlineData(401, """{"error":{"message":"no","type":"invalid_request_error","code":"invalid_api_key"}}""", 401, BfErrorKind.Authentication)]
    [InlineData(403, """{"error":{"message":"no","code":"unsupported_country_region_territory"}}""", 403, BfErrorKind.Permission)]
    [InlineData(404, """{"error":{"message":"no","code":"model_not_found"}}""", 404, BfErrorKind.NotFound)]
    [InlineData(400, """{"error":{"message":"no","type":"invalid_request_error","code":"model_not_found"}}""", 404, BfErrorKind.NotFound)]
    [InlineData(429, """{"error":{"message":"no","type":"tokens","code":"rate_limit_exceeded"}}""", 429, BfErrorKind.RateLimit)]
    [InlineData(503, """{"error":{"message":"no","type":"rate_limit_error","code":"slow_down"}}""", 429, BfErrorKind.RateLimit)]
    [InlineData(429, """{"error":{"message":"no","type":"insufficient_quota","code":"insufficient_quota"}}""", 429, BfErrorKind.Quota)]
    [InlineData(429, """{"error":{"message":"no","type":"insufficient_quota","code":"credit_balance_exhausted"}}""", 429, BfErrorKind.Quota)]
    [InlineData(429, """{"error":{"message":"no","code":"enforced_spend_limit_reached"}}""", 429, BfErrorKind.Quota)]
    [InlineData(402, """{"error":{"message":"no"}}""", 429, BfErrorKind.Quota)]
    [InlineData(500, """{"error":{"message":"no","type":"server_error","code":null}}""", 502, BfErrorKind.Server)]
    [InlineData(503, """{"error":{"message":"no","type":"service_unavailable_error","code":"server_is_overloaded"}}""", 502, BfErrorKind.Overloaded)]
    [InlineData(529, """{"error":"no"}""", 502, BfErrorKind.Overloaded)]
    [InlineData(504, "no", 502, BfErrorKind.Timeout)]
    [InlineData(302, "no", 502, BfErrorKind.Malformed)]
    [InlineData(400, """[{"error":{"message":"no","code":400}}]""", 400, BfErrorKind.BadRequest)]
    [InlineData(400, """{"object":"error","message":"no","type":"BadRequestError","code":400}""", 400, BfErrorKind.BadRequest)]
    [InlineData(500, """{"error":{"message":"no","type":"server_error","param":"and here the body is cu""", 502, BfErrorKind.Server)]
    public void OpenAi_refusals_are_told_apart_by_their_words(int status, string body, int expected, BfErrorKind kind)
    {
        var error = DialectCatalog.Find("openai")!.ReadError(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((expected, kind, status, "no"), (error.Status, error.Kind, error.ProviderStatus, error.ProviderMessage));
    }

    [Theory]
    [InlineData(400, """{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}""", 400, BfErrorKind.BadRequest)]
    [InlineData(400, """{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""", 401, BfErrorKind.Authentication)]
    [InlineData(400, """{"error":{"code":400,"message":"no","status":"FAILED_PRECONDITION"}}""", 400, BfErrorKind.BadRequest)]
    [InlineData(403, """{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}""", 403, BfErrorKind.Permission)]
    [InlineData(404, """[{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}]""", 404, BfErrorKind.NotFound)]
    [InlineData(429, """{"error":{"code":429,"message":"no","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"RequestsPerMinute"}]}]}}""", 429, BfErrorKind.RateLimit)]
    [InlineData(429, """{"error":{"code":429,"message":"no","status":"RESOURCE_EXHAUSTED","details":[{"violations":[{"quotaId":"RequestsPerDay-Free"}]}]}}""", 429, BfErrorKind.Quota)]
    [InlineData(500, """{"error":{"code":500,"message":"no","status":"INTERNAL"}}""", 502, BfErrorKind.Server)]
    [InlineData(503, """{"error":{"code":503,"message":"no","status":"UNAVAILABLE"}}""", 502, BfErrorKind.Overloaded)]
    [InlineData(504, """{"error":{"code":504,"message":"no","status":"DEADLINE_EXCEEDED"}}""", 502, BfErrorKind.Timeout)]
    public void Gemini_refusals_are_told_apart_by_their_words(int status, string body, int expected, BfErrorKind kind)
    {
        var error = DialectCatalog.Find("gemini")!.ReadError(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((expected, kind, status, "no"), (error.Status, error.Kind, error.ProviderStatus, error.ProviderMessage));
    }

    [Theory]
    [InlineData(400, "invalid_request_error", "null", 400, BfErrorKind.BadRequest)]
    [InlineData(401, "authentication_error", "null", 401, BfErrorKind.Authentication)]
    [InlineData(402, "billing_error", "null", 429, BfErrorKind.Quota)]
    [InlineData(403, "permission_error", "null", 403, BfErrorKind.Permission)]
    [InlineData(404, "not_found_error", "null", 404, BfErrorKind.NotFound)]
    [InlineData(413, "request_too_large", "null", 413, BfErrorKind.BadRequest)]
    [InlineData(429, "rate_limit_error", "null", 429, BfErrorKind.RateLimit)]
    [InlineData(429, "rate_limit_error", """{"error_code":"ramp_limit_exceeded"}""", 429, BfErrorKind.RateLimit)]
    [InlineData(429, "rate_limit_error", """{"error_code":"enforced_spend_limit_reached"}""", 429, BfErrorKind.Quota)]
    [InlineData(500, "api_error", "null", 502, BfErrorKind.Server)]
    [InlineData(504, "timeout_error", "null", 502, BfErrorKind.Timeout)]
    [InlineData(529, "overloaded_error", "null", 502, BfErrorKind.Overloaded)]
    public void Anthropic_refusals_are_told_apart_by_their_type_in_band_too(int status, string type, string details, int expected, BfErrorKind kind)
    {
        var body = $$$"""{"type":"error","error":{"details":{{{details}}},"type":"{{{type}}}","message":"no"},"request_id":"req_1"}""";

        var refused = DialectCatalog.Find("anthropic")!.ReadError(status, Encoding.UTF8.GetBytes(body));
        var inBand = Fixture.Read("anthropic", transform => transform.Push(Encoding.UTF8.GetBytes($"event: error\ndata: {body}\n\n"))).LastError!;

        Assert.Equal((expected, kind, status, "no", type), (refused.Status, refused.Kind, refused.ProviderStatus, refused.ProviderMessage, refused.ProviderType));
        Assert.Equal((expected, kind, status, "no", type), (inBand.Status, inBand.Kind, inBand.ProviderStatus, inBand.ProviderMessage, inBand.ProviderType));
    }

    [Theory]
    [InlineData("server_error", 502, BfErrorKind.Server)]
    [InlineData("rate_limit_exceeded", 429, BfErrorKind.RateLimit)]
    [InlineData("insufficient_quota", 429, BfErrorKind.Quota)]
    [InlineData("invalid_prompt", 400, BfErrorKind.BadRequest)]
    [InlineData("invalid_image_format", 400, BfErrorKind.BadRequest)]
    [InlineData("vector_store_timeout", 502, BfErrorKind.Timeout)]
    [InlineData("something_new", 502, BfErrorKind.Server)]
    public void A_response_s_error_is_the_same_in_each_of_its_three_shapes(string code, int expected, BfErrorKind kind)
    {
        string[] frames =
        [
            $$"""{"type":"error","code":"{{code}}","message":"no","param":null,"sequence_number":1}""",
            $$$"""{"type":"error","sequence_number":1,"error":{"type":"{{{code}}}","code":"{{{code}}}","message":"no","param":null}}""",
            $$$$"""{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"{{{{code}}}}","message":"no"}},"sequence_number":1}""",
        ];
        foreach (var frame in frames)
        {
            var error = Fixture.Read("openai-responses", transform => transform.Push(Encoding.UTF8.GetBytes($"data: {frame}\n\n"))).LastError!;

            Assert.Equal((expected, kind, "no", code), (error.Status, error.Kind, error.ProviderMessage, error.ProviderCode));
        }
    }

    [Fact]
    public void Credit_used_up_at_Anthropic_is_no_bad_request()
    {
        var error = DialectCatalog.Find("anthropic")!.ReadError(
            400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"""u8);

        Assert.Equal((429, BfErrorKind.Quota), (error.Status, error.Kind));
    }

    [Theory]
    [InlineData("UNAVAILABLE", 502, BfErrorKind.Overloaded)]
    [InlineData("RESOURCE_EXHAUSTED", 429, BfErrorKind.RateLimit)]
    [InlineData("UNAUTHENTICATED", 401, BfErrorKind.Authentication)]
    [InlineData("SOMETHING_NEW", 502, BfErrorKind.Server)]
    public void A_Gemini_error_in_the_stream_without_a_code_is_mapped_by_its_status(string status, int expected, BfErrorKind kind)
    {
        var frame = $$$"""data: {"error": {"message": "no","status": "{{{status}}}"}}""" + "\r\n\r\n";

        var error = Fixture.Read("gemini", transform => transform.Push(Encoding.UTF8.GetBytes(frame))).LastError;

        Assert.Equal((expected, kind, status), (error?.Status, error?.Kind, error?.ProviderType));
    }

    [Theory]
    [InlineData("34.4s", 34_400)]
    [InlineData("7s", 7_000)]
    [InlineData("0.5s", 500)]
    public void Gemini_says_in_the_body_when_to_try_again(string delay, int milliseconds)
    {
        var body = $$$"""{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/google.rpc.RetryInfo","retryDelay":"{{{delay}}}"}]}}""";

        var error = DialectCatalog.Find("gemini")!.ReadError(429, Encoding.UTF8.GetBytes(body));

        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), error.RetryAfter);
    }

    [Theory]
    [InlineData("openai", "")]
    [InlineData("openai", "  \r\n")]
    [InlineData("openai", "<html><body>Bad gateway</body></html>")]
    [InlineData("openai", "{}")]
    [InlineData("openai", "[]")]
    [InlineData("openai", "{\"error\":null}")]
    [InlineData("openai", "{\"error\":{\"message\":null,\"code\":[]}}")]
    [InlineData("gemini", "")]
    [InlineData("gemini", "<html><body>Bad gateway</body></html>")]
    [InlineData("anthropic", "")]
    [InlineData("anthropic", "<html><body>Bad gateway</body></html>")]
    [InlineData("anthropic", "{\"type\":\"error\",\"error\":{\"details\":[{}]}}")]
    [InlineData("gemini", "{\"error\":{\"code\":502,\"details\":{\"reason\":{}}}}")]
    public void A_body_that_says_nothing_still_makes_a_sane_error(string provider, string body)
    {
        var error = DialectCatalog.Find(provider)!.ReadError(502, Encoding.UTF8.GetBytes(body));

        Assert.Equal((502, BfErrorKind.Server, null), (error.Status, error.Kind, error.ProviderMessage));
        Assert.Equal("The provider failed.", error.Message);
    }

    [Fact]
    public void A_code_may_be_a_number_or_a_string()
    {
        var dialect = DialectCatalog.Find("openai")!;

        Assert.Equal("1302", dialect.ReadError(400, """{"error":{"code":1302}}"""u8).ProviderCode);
        Assert.Equal("1302", dialect.ReadError(400, """{"error":{"code":"1302"}}"""u8).ProviderCode);
    }

    [Fact]
    public void Every_cut_of_a_body_keeps_the_status()
    {
        var body = """{"error":{"code":429,"message":"no \ud83d\ude00","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"3s"}]}}"""u8.ToArray();
        foreach (var dialect in new[] { "openai", "gemini" })
        {
            for (var length = 0; length <= body.Length; length++)
            {
                Assert.Equal(429, DialectCatalog.Find(dialect)!.ReadError(429, body.AsSpan(0, length)).Status);
            }
        }
    }
}
