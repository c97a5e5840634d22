namespace BfProxy.Sessions;

/// <summary>Takes a conversation one step on; where its visitor does not fetch answers, through the model's answer.</summary>
internal sealed class SessionSteps(RunningAnswers answers)
{
    public async Task<Step> TakeAsync(HttpContext context, Bot bot, ChatSession session, string? message)
    {
        var step = Conversation.Next(bot, session, message);
        while (step.End is StepEnd.Answer && !session.Streams)
        {
            var text = await answers.AskAsync(context, bot, step.Session);
            var next = Conversation.GoOn(bot, Conversation.Answered(step.Session, text));
            step = next with { Bubbles = [.. step.Bubbles, text, .. next.Bubbles] };
        }

        return step;
    }
}
