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
    /// <summary>For whoever reads the options: which endpoint is asked, the call itself says.</summary>
    public Func<EndpointReference>? EndpointSelector { get; set; }

    /// <summary>POST when null.</summary>
    public HttpMethod? Method { get; set; }

    /// <summary>The client of the AppHost's services that asks; one without time limit when null.</summary>
    public string? HttpClientName { get; set; }

    /// <summary>Completes the request, for example with a header or a body.</summary>
    public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }

    /// <summary>Makes the command's result of the answer; when null, any status of success is one.</summary>
    public Func<HttpCommandResultContext, Task<ExecuteCommandResult>>? GetCommandResult { get; set; }
}

/// <summary>A command's request before it is sent.</summary>
public sealed class HttpCommandRequestContext
{
    public required IServiceProvider Services { get; init; }

    /// <summary>The id of the replica.</summary>
    public required string ResourceName { get; init; }

    public required EndpointReference Endpoint { get; init; }
    public required CancellationToken CancellationToken { get; init; }
    public required HttpClient HttpClient { get; init; }
    public required HttpRequestMessage Request { get; init; }
}

/// <summary>The answer to a command's request.</summary>
public sealed class HttpCommandResultContext
{
    public required IServiceProvider Services { get; init; }

    /// <summary>The id of the replica.</summary>
    public required string ResourceName { get; init; }

    public required EndpointReference Endpoint { get; init; }
    public required CancellationToken CancellationToken { get; init; }
    public required HttpClient HttpClient { get; init; }
    public required HttpResponseMessage Response { get; init; }
}
