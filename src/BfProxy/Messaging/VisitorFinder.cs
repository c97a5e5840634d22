namespace BfProxy.Messaging;

/// <summary>Finds the app of a connection; null where there is none.</summary>
internal delegate MessagingVisitor? VisitorFinder(HttpContext context);
