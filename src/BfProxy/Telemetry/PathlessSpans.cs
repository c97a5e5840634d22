using System.Diagnostics;
using OpenTelemetry;

namespace BfProxy.Telemetry;

/// <summary>Takes the address off the spans of the HTTP client: Gemini's holds the model, which may be anything that a caller wrote.</summary>
internal sealed class PathlessSpans : BaseProcessor<Activity>
{
    private const string Address = "url.full";

    public override void OnEnd(Activity data)
    {
        if (data.GetTagItem(Address) is not null)
        {
            data.SetTag(Address, value: null);
        }
    }
}
