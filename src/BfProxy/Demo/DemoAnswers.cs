namespace BfProxy.Demo;

/// <summary>The demo's own words: an answer is chosen by the first key word that the prompt holds.</summary>
internal static class DemoAnswers
{
    private const int QuotedLength = 120;

    private static readonly char[] Separators = [.. " \t\r\n.,;:!?()\"'’“”"];

    private static readonly (string[] Words, string Text)[] Catalog =
    [
        (["long", "story", "essay"], Long),
        (["emoji", "unicode", "language", "script"], Scripts),
        (["poem", "haiku", "verse", "rhyme"], Poem),
        (["code", "function", "c#", "javascript", "python", "program", "sql", "filemaker"], Code),
        (["space", "sky", "star", "moon", "sun", "planet", "galaxy", "universe", "night", "fact"], Space),
    ];

    private const string Space =
        """
        The night sky is dark because the universe has a history.

        If space were endless, unchanging and full of stars for ever, every line of sight would end on the surface of one, and midnight would glow like noon. It does not, for two reasons:

        1. The universe is about 13.8 billion years old, so light from most of it has not had the time to reach us.
        2. Space is stretching. Light from the most distant galaxies arrives so reddened that our eyes no longer call it light.

        What is left between the stars is not quite black, though. Tune an instrument to microwaves and the whole sky shines, evenly and faintly: the afterglow of the time when the darkness was young.
        """;

    private const string Poem =
        """
        The words come one by one, like rain
        that taps a question on the pane,
        and waits, and taps, and then is gone
        to some wide river, further on.

        You asked; a little light went out
        along a wire, through noise and doubt,
        and what came back came drop by drop:
        a line, a breath,
                  a line,
                          a stop.
        """;

    private const string Code =
        """
        Here is a small one in C#. It reads an event stream line by line and hands out each event's data, without waiting for the end:

        ```csharp
        static async IAsyncEnumerable<string> ReadEventsAsync(TextReader reader)
        {
            var data = new List<string>();
            while (await reader.ReadLineAsync() is { } line)
            {
                if (line.Length == 0 && data.Count > 0)
                {
                    yield return string.Join('\n', data);
                    data.Clear();
                }
                else if (line.StartsWith("data:", StringComparison.Ordinal))
                {
                    data.Add(line[5..].TrimStart(' '));
                }
            }
        }
        ```

        Two details matter. An event may have several `data:` lines, so they are joined with a line feed. And an event without its closing blank line is dropped at the end, which is just what the standard asks for: half an event is none.
        """;

    private const string Scripts =
        """
        Every character below travelled through a JSON string, an event stream and a socket, cut at awkward places on the way:

        • Accents: Çà et là, größer, Århus, naïve, Žižek, Tiếng Việt
        • Greek and Cyrillic: Καλημέρα κόσμε · Доброе утро, мир
        • East Asia: 日本語の文章には空白がありません。 · 你好，世界 · 안녕하세요
        • Right to left: שלום עולם · مرحبا بالعالم
        • South Asia: नमस्ते दुनिया · வணக்கம்
        • Emoji: 🚀 ✨ 🎉, with a skin tone 👋🏽, a family 👨‍👩‍👧‍👦, a flag 🇺🇳, a rainbow 🏳️‍🌈
        • Mathematics: ∀ε > 0 ∃δ > 0, e^{iπ} + 1 = 0, 𝔘𝔫𝔦𝔠𝔬𝔡𝔢
        • Awkward in JSON: "quotes", back\slashes, a	tab, </script>, & and <angle> brackets

        If you can read all of it, nothing was lost.
        """;

    private const string Long =
        """
        A short history of the impatient wire

        I. The needle

        The first people to be annoyed by latency were the clerks of the electric telegraph. A needle swung left or right, one letter at a time, and a message of twenty words took minutes. Yet nobody waited for the whole message. They read over the clerk's shoulder: "ARRIVE TUESDAY", and half the household was already airing the spare room before "WITH FOUR CHILDREN" came through. Streaming, it turns out, is older than buffering.

        II. The page

        Then came paper tape, and punched cards, and with them a new habit: collect everything first, then hand it over. Batches were tidy. They could be checked, counted, charged for. The price was that you saw nothing until you saw it all. A whole generation learned to drink coffee while a printer in another room made up its mind.

        III. The window

        The web began as a page that you waited for. Browsers soon cheated: they drew the words before the pictures had come, because a reader who has something to read does not count seconds. Every later trick, from progressive images to skeleton screens, is the same trick. Give the eye something true as early as you can, and never take it back.

        IV. The token

        A language model brings the needle back. It really does produce one small piece after another, and each piece is final once it is said. To hold the pieces back until the last one is done would be to build a batch system on top of a telegraph. So the pieces are passed on: through a proxy, over a channel, into a page, where somebody is reading over the clerk's shoulder again.

        V. What can go wrong

        Plenty. A piece can be cut in the middle of a character. The wire can go silent without being dead, or die without saying so. A reader can be slow, and another can arrive late and want to know how it began. Two readers may watch at once, and each must see every piece once, in order. And the worst fault of all is the quiet one: a message that broke off, but looks as if it had ended.

        VI. The end

        So a good wire does three things. It passes on what it has at once. It remembers a little, for those who come late or come back. And when something breaks, it says so. This story ends here, on purpose, with a full stop and a finish reason.
        """;

    public static string For(string prompt)
    {
        var spoken = prompt.Split(Separators, StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var (words, text) in Catalog)
        {
            if (words.Any(word => spoken.Contains(word) || spoken.Contains(word + "s")))
            {
                return text;
            }
        }

        return Introduction(prompt.Trim());
    }

    private static string Introduction(string prompt)
    {
        var quoted = prompt.Length <= QuotedLength ? prompt : string.Concat(prompt.AsSpan(0, QuotedLength), "…");
        return
            $"""
            You wrote “{quoted}”, and I would love to have an opinion on it. But I am only a stand-in for a language model: a handful of prepared answers, paced like the real thing.

            What is real is the way these words take. They come from a provider over HTTP, word by word, pass through BfProxy and reach you on a channel, just as those of OpenAI or Gemini would.

            Ask me about the night sky, for a poem, for some code, for a text full of emoji and scripts, or for a long answer. For an answer to your own question, choose another provider and bring its key.
            """;
    }
}
