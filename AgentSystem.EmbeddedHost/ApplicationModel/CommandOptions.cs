namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command is shown, and when it can be given.</summary>
public class CommandOptions
{
    public string? Description { get; set; }
    public string? ConfirmationMessage { get; set; }
    public string? IconName { get; set; }
    public IconVariant? IconVariant { get; set; }
    public bool IsHighlighted { get; set; }

    /// <summary>Null: it can always be given.</summary>
    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}

/// <summary>What a command asks a resource for over HTTP.</summary>
public class HttpCommandOptions : CommandOptions
{
    /// <summary>The endpoint asked; that of the call when null.</summary>
    public Func<EndpointReference>? EndpointSelector { get; set; }

    /// <summary>POST when null.</summary>
    public HttpMethod? Method { get; set; }
}
