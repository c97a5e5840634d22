namespace BfProxy.Sessions;

/// <summary>How a conversation goes: welcome, opening answers, then visitor and model in turn.</summary>
internal static class Conversation
{
    private static readonly PendingAnswer NotAsked = new(0, null);

    /// <summary>The visitor's client comes with a message, or with none, or with the answer that it was shown.</summary>
    public static Step Next(Bot bot, ChatSession session, string? message)
    {
        if (!session.HasBegun)
        {
            return Begin(bot, session, message);
        }

        if (session.Pending is { } pending)
        {
            // Whatever the client says was shown: what counts is what we have sent.
            return GoOn(bot, Answered(session, pending.Text));
        }

        return string.IsNullOrWhiteSpace(message) || IsRepeated(session, message) ? new Step(session, [], StepEnd.Input) : Ask(bot, session, message);
    }

    /// <summary>The conversation after an answer, null where there was none.</summary>
    public static ChatSession Answered(ChatSession session, string? text) => session with
    {
        Pending = null,
        History = string.IsNullOrEmpty(text) ? session.History : [.. session.History, new Said(ByVisitor: false, text)],
    };

    /// <summary>After an answer: the next opening prompt, else it is the visitor's turn.</summary>
    public static Step GoOn(Bot bot, ChatSession session)
    {
        if (session.Openings >= bot.Options.Opening.Count)
        {
            return new Step(session, [], StepEnd.Input);
        }

        var prompt = Template.Render(bot.Options.Opening[session.Openings], session.Variables);
        return new Step(Asked(session, prompt) with { Openings = session.Openings + 1 }, [], StepEnd.Answer);
    }

    private static Step Begin(Bot bot, ChatSession session, string? message)
    {
        var begun = session with { HasBegun = true };
        var step = string.IsNullOrWhiteSpace(message) ? GoOn(bot, begun) : Ask(bot, begun with { Openings = bot.Options.Opening.Count }, message);
        return step with { Bubbles = [.. bot.Options.Welcome.Select(text => Template.Render(text, session.Variables)), .. step.Bubbles] };
    }

    private static Step Ask(Bot bot, ChatSession session, string message) =>
        session.Turns >= bot.Options.TurnsPerSession
            ? new Step(session, [bot.Options.ClosingText], StepEnd.Over)
            : new Step(Asked(session, message) with { Turns = session.Turns + 1 }, [], StepEnd.Answer);

    private static ChatSession Asked(ChatSession session, string prompt) =>
        session with { Pending = NotAsked, History = [.. session.History, new Said(ByVisitor: true, prompt)] };

    /// <summary>A reloaded page hands back an answer that it had handed back before.</summary>
    private static bool IsRepeated(ChatSession session, string message) => session.History is [.., { ByVisitor: false } last] && last.Text == message;
}
