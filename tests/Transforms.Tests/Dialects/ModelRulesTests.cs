using BfProxy.Transforms.Dialects;
using BfProxy.Transforms.Tests.Contract;

namespace BfProxy.Transforms.Tests.Dialects;

public sealed class ModelRulesTests
{
    private const string Sampling = "'temperature':0.5,'top_p':0.9,'presence_penalty':1,'frequency_penalty':1,'logit_bias':{},'logprobs':true,'top_logprobs':2";

    [Theory]
    [InlineData("o3", "", true)]
    [InlineData("o4-mini", "", true)]
    [InlineData("gpt-5", "", true)]
    [InlineData("gpt-5-mini-2025-08-07", "", true)]
    [InlineData("gpt-5-pro", "", true)]
    [InlineData("gpt-5-chat-latest", "", false)]
    [InlineData("gpt-5.1", "", false)]
    [InlineData("gpt-5.1-chat-latest", "", true)]
    [InlineData("gpt-5.4", "", false)]
    [InlineData("gpt-5.4", "'reasoning_effort':'low'", true)]
    [InlineData("gpt-5.6-terra", "", true)]
    [InlineData("gpt-5.6-terra", "'reasoning_effort':'none'", false)]
    [InlineData("gpt-6-sol", "", true)]
    [InlineData("GPT-6.1-Terra", "", true)]
    [InlineData("gpt-4o", "", false)]
    [InlineData("mistral-large", "", false)]
    public void A_model_that_reasons_is_not_sent_what_it_refuses_then(string model, string effort, bool drops)
    {
        var body = NativeBody.OpenAi(Requests.Chat(Sampling + (effort.Length > 0 ? "," + effort : "")), model);

        foreach (var name in new[] { "temperature", "top_p", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs" })
        {
            Assert.Equal(drops, NativeBody.Member(body, name) is null);
        }
    }

    [Theory]
    [InlineData("o3", "stop", null)]
    [InlineData("o4-mini", "stop", null)]
    [InlineData("gpt-4o", "stop", "'x'")]
    [InlineData("mistral-large", "max_tokens", "5")]
    [InlineData("mistral-large", "random_seed", "1")]
    [InlineData("mistral-large", "max_completion_tokens", null)]
    [InlineData("gpt-4o", "max_completion_tokens", "5")]
    public void Fields_are_left_out_or_renamed(string model, string name, string? expected) =>
        NativeBody.AssertMember(expected, NativeBody.OpenAi(Requests.Chat("'stop':'x','max_tokens':5,'seed':1"), model), name);

    [Fact]
    public void A_model_without_tools_refuses_them_by_name() =>
        Assert.Equal("payload.tools[0]: this model takes no tools.", NativeBody.Fault("openai", Requests.Chat("'tools':[{'name':'f'}]"), "gpt-5-chat-latest"));

    [Theory]
    [InlineData("gpt-5.6-terra", "'tools':[{'name':'f'}]", "openai-responses")]
    [InlineData("gpt-5.5", "'functions':[{'name':'f'}]", "openai-responses")]
    [InlineData("gpt-5.5", "'tools':[{'name':'f'}],'reasoning_effort':'none'", null)]
    [InlineData("gpt-5.5", "", null)]
    [InlineData("gpt-5.4", "'tools':[{'name':'f'}]", null)]
    [InlineData("gpt-5.4", "'tools':[{'name':'f'}],'reasoning_effort':'high'", "openai-responses")]
    [InlineData("gpt-5.1-codex-max", "", "openai-responses")]
    [InlineData("gpt-5-pro", "", "openai-responses")]
    [InlineData("gpt-6-sol", "'tools':[{'name':'f'}],'reasoning_effort':'high'", null)]
    [InlineData("gpt-4o", "'tools':[{'name':'f'}]", null)]
    public void Some_models_or_their_tools_are_spoken_to_in_another_dialect(string model, string members, string? dialect) =>
        Assert.Equal(dialect, ModelRules.Default.For("openai", model).DialectFor(Requests.Read(Requests.Chat(members))));

    [Fact]
    public void A_provider_s_own_rules_come_last_and_add_to_the_shipped_ones()
    {
        var rules = new ModelRules([new ModelRule { Models = ["*-5.5*", "other"], EffortWithTools = "low" }, new ModelRule { Models = ["GPT-5.5-mini"], Drop = ["seed"] }]);

        var traits = rules.For("openai", "gpt-5.5-mini");

        Assert.Equal("low", traits.EffortWithTools);
        Assert.Equal(["seed"], traits.Drop);
        Assert.Equal("openai-responses", traits.DialectWithTools);
        Assert.Equal(new ModelTraits(), rules.For("openai", "unheard-of"));
    }

    [Fact]
    public void Gemini_s_models_are_known_with_and_without_their_collection() =>
        Assert.Equal("budget", ModelRules.Default.For("gemini", "models/gemini-2.5-flash").Thinking);

    [Fact]
    public void Every_shipped_rule_is_of_a_dialect_that_exists()
    {
        foreach (var name in new DialectCatalog(TimeProvider.System).Names)
        {
            var traits = ModelRules.Default.For(name, "gpt-5.5");
            Assert.True(traits.Dialect is null || DialectCatalog.Find(traits.Dialect) is not null);
            Assert.True(traits.DialectWithTools is null || DialectCatalog.Find(traits.DialectWithTools) is not null);
        }
    }
}
