using BfProxy.Configuration;

namespace BfProxy.Sessions;

/// <summary>Lets a path through only where it names a bot of ours: the rest of <c>/api</c> is the operator's.</summary>
internal sealed class BotRoute(Settings<BotCatalog> bots) : IRouteConstraint
{
    public const string Key = "publicId";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values[routeKey] is string id && bots.Current.Find(id) is not null;
}
