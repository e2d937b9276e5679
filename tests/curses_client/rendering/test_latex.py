"""Formulas in Unicode."""

import pytest

pytest.importorskip("pylatexenc", reason="formulas are converted by pylatexenc")

from curses_client.rendering.latex import LARGEST, converted


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"$\frac{a}{b}$", "a/b"),
        (r"$\displaystyle \frac{x + 1}{\left(y - 2\right)^{2}}$", "(x + 1)/(y - 2)²"),
        (r"$\dfrac{1}{2\sigma^2}$", "1/(2σ²)"),
        (r"\frac{\partial f}{\partial x}", "∂f/∂x"),
        (r"$\displaystyle \int_{0}^{\infty} e^{- x^{2}}\, dx = \frac{\sqrt{\pi}}{2}$", "∫₀^∞ e^(-x²) dx = √π/2"),
        (r"$\alpha_i^{2} + \sum_{k=1}^n x_{k+1}$", "αᵢ² + ∑ₖ₌₁ⁿ xₖ₊₁"),
        (r"$\hat{\theta}_{MLE}$", "θ̂_{MLE}"),
        (r"$\sqrt{2}, \sqrt[3]{x+1}$", "√2, ³√(x+1)"),
        (r"$\mathbb{R}^n \to Y, x \leq y$", "ℝⁿ → Y, x ≤ y"),
        (r"$\left[\begin{matrix}1 & 2\\3 & x^{n}\end{matrix}\right]$", "[1 2; 3 xⁿ]"),
        (r"\begin{align} a &= b \\ c &= d \end{align}", "a = b\nc = d"),
        (r"$\begin{cases} x & y > 0 \\ -x & \text{otherwise} \end{cases}$", "x y > 0\n-x otherwise"),
        (r"$\lim_{x \to 0} \frac{\sin{\left(x \right)}}{x}$", "lim_{x → 0} sin(x)/x"),
        (r"$\binom{n}{k}$", "C(n, k)"),
        (r"text with 50\% and $x_1$", "text with 50% and x₁"),
        (r"\unknown{a}", r"\unknown a"),
        ("$x^", "x^"),
        ("", None),
    ],
)
def test_text(source: str, text: str | None) -> None:
    assert converted(source) == text


@pytest.mark.parametrize("source", ["{" * 100, "a" * (LARGEST + 1), r"\left(" * 50 + r"\right)" * 50])
def test_what_is_not_converted(source: str) -> None:
    assert converted(source) is None
