// SPDX-License-Identifier: MulanPSL-2.0
// Size of text and language, as choices for <LChoice>.
import { computed } from 'vue'
import { lang, t, type Lang } from './i18n'
import { chooseLang } from './session'
import { setSize, size, SIZES, type Size } from './size'

export const sizes = computed(() => SIZES.map((one) => ({ value: String(one), label: t('size.' + one) })))
export const sizeText = computed({ get: () => String(size.value), set: (value) => setSize(Number(value) as Size) })
export const langs = [{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]
export const langText = computed({ get: () => lang.value as string, set: (value) => chooseLang(value as Lang) })
