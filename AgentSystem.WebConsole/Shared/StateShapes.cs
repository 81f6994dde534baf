using AgentSystem.WebConsole.Formatting;

namespace AgentSystem.WebConsole.Shared;

/// <summary>A shape for each meaning, so that a state is told without its colour too.</summary>
public static class StateShapes
{
    /// <summary>The shape within a square of 12.</summary>
    public static string Path(Tone tone) => tone switch
    {
        Tone.Good => "<circle cx='6' cy='6' r='5' fill='currentColor'/>",
        Tone.Busy => "<circle cx='6' cy='6' r='4.25' fill='none' stroke='currentColor' stroke-width='1.5'/><path d='M6 1.75a4.25 4.25 0 0 1 0 8.5z' fill='currentColor'/>",
        Tone.Waiting => "<circle cx='6' cy='6' r='4.25' fill='none' stroke='currentColor' stroke-width='1.5'/>",
        Tone.Warning => "<path d='M6 .8 11.6 11H.4z' fill='currentColor'/>",
        Tone.Bad => "<path d='M6 0l6 6-6 6-6-6z' fill='currentColor'/>",
        _ => "<path d='M1.5 5h9v2h-9z' fill='currentColor'/>",
    };

    /// <summary>The shape as an image of its own.</summary>
    public static string Svg(Tone tone) => $"<svg class='shape' viewBox='0 0 12 12' aria-hidden='true' focusable='false'>{Path(tone)}</svg>";
}
