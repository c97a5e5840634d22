using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace BfProxy.Transforms.Tests.Dialects.OpenAi;

public sealed class PassThroughTests
{
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Numbers =
        ["0", "-0", "-0.0", "1.50", "12345678901234567890.10", "1e400", "1E-400", "0.1000000000000000055511151231257827"];

    private static readonly string[] Noise = ["", "", "", " ", "\r", "\r\n\t", "/* , \" } */", "// why\r", "// why\n"];

    [Fact]
    public void Any_JSON_in_an_unknown_field_comes_out_as_it_went_in() =>
        Prop.ForAll(Arb.From(Value(4)), static value =>
        {
            var body = NativeBody.OpenAi("{\"payload\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\",\"y\":" + value + "}],\"unknown\":" + value + "}}");
            using var document = JsonDocument.Parse(body);
            var sent = Tokens(value);

            return sent.SequenceEqual(Tokens(document.RootElement.GetProperty("unknown").GetRawText()))
                && (sent[0] is "Null:null" or "String:\"\"" || sent.SequenceEqual(Tokens(document.RootElement.GetProperty("messages")[0].GetProperty("y").GetRawText())));
        }).QuickCheckThrowOnFailure();

    // Names are compared by what they say, everything else by its bytes.
    private static List<string> Tokens(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), Lenient);
        var tokens = new List<string>();
        while (reader.Read())
        {
            var text = reader.TokenType is JsonTokenType.PropertyName ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan);
            tokens.Add($"{reader.TokenType}:{(reader.TokenType is JsonTokenType.String ? $"\"{text}\"" : text)}");
        }

        return tokens;
    }

    private static Gen<string> Value(int depth)
    {
        var scalar = Gen.OneOf(Gen.Elements("null", "true", "false"), Gen.Elements(Numbers), ArbMap.Default.GeneratorFor<int>().Select(static n => n.ToString()), Text());
        if (depth == 0)
        {
            return Noisy(scalar);
        }

        var items = Gen.Choose(0, 4).SelectMany(count => Gen.ListOf(Value(depth - 1), count));
        var array = items.SelectMany(static list => Close(list.Count, end => "[" + string.Join(',', list) + end + "]"));
        var members = Gen.Choose(0, 4).SelectMany(count => Gen.ListOf(Text().SelectMany(name => Value(depth - 1).Select(value => (Name: name, Value: value))), count));
        var shape = members.SelectMany(static list =>
        {
            // Of duplicate names only the last would be left; that rule has a test of its own.
            var unique = list.DistinctBy(static member => JsonSerializer.Deserialize<string>(member.Name), StringComparer.Ordinal).ToArray();
            return Close(unique.Length, end => "{" + string.Join(',', unique.Select(static member => member.Name + ":" + member.Value)) + end + "}");
        });
        return Noisy(Gen.OneOf(scalar, array, shape));
    }

    private static Gen<string> Text()
    {
        var plain = ArbMap.Default.GeneratorFor<string>().Select(static text => text ?? string.Empty);
        var strings = Gen.OneOf(plain, Gen.Elements("日本 😀", "\"\\/\b\f\n\r\t", "<&'>", "\u2028\u007f", "a"));
        return strings.SelectMany(static text => Gen.Elements(
            JsonSerializer.Serialize(text),
            JsonSerializer.Serialize(text, Relaxed)));
    }

    private static Gen<string> Close(int count, Func<string, string> close) =>
        Gen.Elements(string.Empty, ",").Select(end => close(count == 0 ? string.Empty : end));

    private static Gen<string> Noisy(Gen<string> value) =>
        Gen.Elements(Noise).SelectMany(before => Gen.Elements(Noise).SelectMany(after => value.Select(text => before + text + after)));
}
