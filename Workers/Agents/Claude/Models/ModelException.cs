namespace AgentSystem.Workers.Agents.Claude.Models;

/// <summary>Why a model did not answer.</summary>
public enum ModelErrorKind
{
    /// <summary>429: too many requests or tokens in a short time.</summary>
    RateLimited,
    /// <summary>529 or any other 5xx: the API cannot serve this now.</summary>
    Overloaded,
    /// <summary>401 or 403: the key is missing, wrong or not allowed to.</summary>
    Auth,
    /// <summary>Any other 4xx: the request is wrong, and would be again.</summary>
    InvalidRequest,
    /// <summary>No answer in time, or none to the end.</summary>
    Timeout,
    /// <summary>The connection could not be made, or broke.</summary>
    Network,
    /// <summary>The model declines.</summary>
    Refused,
}

/// <summary>A model did not answer.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">For people: what the API said, or what happened.</param>
/// <param name="inner">The cause.</param>
public sealed class ModelException(ModelErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ModelErrorKind Kind { get; } = kind;

    /// <summary>When the API wants to be asked again; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the request certainly cost nothing: it was refused, or did not go out.</summary>
    public bool IsFree { get; init; }

    /// <summary>Whether it is counted already, by who made it happen on purpose.</summary>
    public bool IsInjected { get; init; }

    /// <summary>Whether it may pass by itself.</summary>
    public bool IsTransient => Kind.IsTransient();

    /// <summary>The same for the task.</summary>
    public AgentException ToAgentException() => new(Kind.ToName(), Message, IsTransient);
}

/// <summary>Names of <see cref="ModelErrorKind"/>.</summary>
public static class ModelErrorKinds
{
    /// <summary>The kind as a label and an <c>error.type</c>.</summary>
    public static string ToName(this ModelErrorKind kind) => kind switch
    {
        ModelErrorKind.RateLimited => "rate_limited",
        ModelErrorKind.Overloaded => "overloaded",
        ModelErrorKind.Auth => "auth",
        ModelErrorKind.InvalidRequest => "invalid_request",
        ModelErrorKind.Timeout => "timeout",
        ModelErrorKind.Network => "network",
        _ => "refused",
    };

    /// <summary>Whether it may pass by itself.</summary>
    public static bool IsTransient(this ModelErrorKind kind) =>
        kind is ModelErrorKind.RateLimited or ModelErrorKind.Overloaded or ModelErrorKind.Timeout or ModelErrorKind.Network;

    /// <summary>The kind of an HTTP status.</summary>
    public static ModelErrorKind OfStatus(int status) => status switch
    {
        429 => ModelErrorKind.RateLimited,
        401 or 403 => ModelErrorKind.Auth,
        408 or 504 => ModelErrorKind.Timeout,
        >= 500 => ModelErrorKind.Overloaded,
        _ => ModelErrorKind.InvalidRequest,
    };

    /// <summary>The kind of what the API calls an error's <c>type</c>.</summary>
    public static ModelErrorKind OfType(string? type) => type switch
    {
        "rate_limit_error" => ModelErrorKind.RateLimited,
        "authentication_error" or "permission_error" or "billing_error" => ModelErrorKind.Auth,
        "invalid_request_error" or "not_found_error" or "request_too_large" => ModelErrorKind.InvalidRequest,
        "timeout_error" => ModelErrorKind.Timeout,
        _ => ModelErrorKind.Overloaded,
    };
}

/// <summary>Faults that are injected on purpose, where a model is called.</summary>
internal static class ModelFaults
{
    /// <summary>Asks each of them before a call.</summary>
    /// <exception cref="ModelException">One of them has the call fail. It is counted already, and costs nothing.</exception>
    internal static void BeforeCall(this IEnumerable<IModelFault> faults)
    {
        try
        {
            foreach (var fault in faults)
                fault.BeforeCall();
        }
        catch (AgentException e)
        {
            throw new ModelException(ModelErrorKinds.OfType(e.ErrorType), e.Message, e) { IsFree = true, IsInjected = true };
        }
    }
}
